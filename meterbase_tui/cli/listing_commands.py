"""`deliveries`, `events`, `units`, `changes`, `notifications`, `properties`, `connections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from meterbase_tui.cli import listings
from meterbase_tui.cli.lazy import LazyGroup, Place
from meterbase_tui.cli.options import (
    STORE,
    json_option,
    limit_option,
    setting_options,
    since_option,
)
from meterbase_tui.cli.session import Session, open_reader
from store import connections as connection_queries
from store import deliveries as delivery_queries
from store import events as event_queries
from store import units as unit_queries
from store.filters import Filters
from store.records import EventState, PropertyState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from enum import StrEnum

    from store.reader import Connection

_F = TypeVar("_F", bound="Callable[..., Any]")
_T = TypeVar("_T")


_CHANGING = "meterbase_tui.cli.registering"
_OF_CONNECTIONS = {
    "Change": {
        "add": Place(_CHANGING, "add_connection", "Register a connection."),
        "remove": Place(_CHANGING, "remove_connection", "Stop processing its events."),
    }
}
_OF_PROPERTIES = {
    "Change": {
        "link": Place(_CHANGING, "link_property", "Import a property."),
        "unlink": Place(_CHANGING, "unlink_property", "Stop processing its events."),
    }
}


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


_FILTERS = {
    "event": click.option("--event", metavar="TYPE", help="Of this type, such as data.update."),
    "verdict": click.option(
        "--verdict", type=click.Choice(_values(Verdict)), help="With this verdict on the signature."
    ),
    "state": click.option(
        "--state", type=click.Choice(_values(EventState)), help="Whose event is in this state."
    ),
    "property_state": click.option(
        "--state", type=click.Choice(_values(PropertyState)), help="In this state."
    ),
    "connection_id": click.option(
        "--connection", "connection_id", metavar="ID", help="Of this connection."
    ),
    "property_id": click.option("--property", "property_id", metavar="ID", help="Of this one."),
    "unit_id": click.option(
        "--unit", "unit_id", metavar="ID", help="Of the unit with this id or number."
    ),
    "search": click.option("--search", metavar="TEXT", help="That contain this text."),
}


def _listing(*filters: str) -> Callable[[_F], _F]:
    """The options of a listing: its filters, and what all of them have."""

    def decorate(command: _F) -> _F:
        for option in (setting_options(STORE), json_option, limit_option, since_option):
            command = option(command)
        for name in reversed(filters):
            command = _FILTERS[name](command)
        return command

    return decorate


@click.command()
@_listing("event", "state", "verdict", "connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def deliveries(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List what reached the receiver, accepted or refused."""

    def query(connection: Connection) -> Iterable[Any]:
        filters = _filters(connection, conditions)
        return delivery_queries.list_deliveries(connection, filters, limit=limit)

    _print(session, listings.DELIVERIES, query, as_json=as_json)


@click.command()
@_listing("event", "state", "connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def events(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List what happened at Propexo, and what became of it."""

    def query(connection: Connection) -> Iterable[Any]:
        filters = _filters(connection, conditions)
        return event_queries.list_events(connection, filters, limit=limit)

    _print(session, listings.EVENTS, query, as_json=as_json)


@click.command()
@_listing("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def units(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List units as they are now, the one changed last first."""

    def query(connection: Connection) -> Iterable[Any]:
        filters = _filters(connection, conditions)
        return unit_queries.list_units(connection, filters, limit=limit)

    _print(session, listings.UNITS, query, as_json=as_json)


@click.command()
@_listing("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def changes(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List changed fields of units, with their old and new values."""

    def query(connection: Connection) -> Iterable[Any]:
        filters = _filters(connection, conditions)
        return unit_queries.list_changes(connection, filters, limit=limit)

    _print(session, listings.CHANGES, query, as_json=as_json)


@click.command()
@_listing("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def notifications(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List what a person should look at."""

    def query(connection: Connection) -> Iterable[Any]:
        filters = _filters(connection, conditions)
        return unit_queries.list_notifications(connection, filters, limit=limit)

    _print(session, listings.NOTIFICATIONS, query, as_json=as_json)


@click.group(cls=LazyGroup, sections=_OF_PROPERTIES, invoke_without_command=True)
@_listing("connection_id", "property_state", "search")
@click.pass_context
def properties(
    context: click.Context,
    /,
    *,
    as_json: bool,
    limit: int,
    since: datetime | None,
    search: str | None,
    connection_id: str | None,
    state: str | None,
) -> None:
    """List properties, those to review first."""
    if context.invoked_subcommand is not None:
        return

    def query(connection: Connection) -> Iterable[Any]:
        found = connection_queries.list_properties(
            connection, connection_id=connection_id, state=PropertyState(state) if state else None
        )
        matching = (
            record
            for record in found
            if _is_newer(record.applied_at, since)
            and _contain(search, record.property_id, record.name, record.address)
        )
        return _cut(matching, limit)

    _print(context.obj, listings.PROPERTIES, query, as_json=as_json)


@click.group(cls=LazyGroup, sections=_OF_CONNECTIONS, invoke_without_command=True)
@_listing("search")
@click.pass_context
def connections(
    context: click.Context,
    /,
    *,
    as_json: bool,
    limit: int,
    since: datetime | None,
    search: str | None,
) -> None:
    """List connections, registered or only seen in an event."""
    if context.invoked_subcommand is not None:
        return

    def query(connection: Connection) -> Iterable[Any]:
        matching = (
            record
            for record in connection_queries.list_connections(connection)
            if _is_newer(record.last_event_at, since)
            and _contain(search, record.connection_id, record.name)
        )
        return _cut(matching, limit)

    _print(context.obj, listings.CONNECTIONS, query, as_json=as_json)


def _print(
    session: Session,
    listing: listings.Listing[_T],
    query: Callable[[Connection], Iterable[_T]],
    *,
    as_json: bool,
) -> None:
    with open_reader(session.load()) as reader:
        with reader.connect() as connection:
            records = query(connection)
        listing.print(session.console, records, as_json=as_json)


def _filters(connection: Connection, conditions: dict[str, Any]) -> Filters:
    unit = conditions.get("unit_id")
    if unit is not None:
        # People know a unit by its number; it may stand for several, in different connections.
        found = {record.unit_id for record in unit_queries.find_units(connection, unit)}
        conditions = conditions | {"unit_id": found.pop() if len(found) == 1 else unit}
    return Filters(**conditions)


def _is_newer(moment: datetime | None, since: datetime | None) -> bool:
    return since is None or (moment is not None and moment >= since)


def _contain(term: str | None, *texts: str | None) -> bool:
    return term is None or any(term.lower() in text.lower() for text in texts if text)


def _cut(records: Iterable[_T], limit: int) -> list[_T]:
    found = list(records)
    return found[:limit] if limit else found
