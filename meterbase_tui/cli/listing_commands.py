"""`deliveries`, `events`, `units`, `changes`, `properties`, `connections`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from meterbase_tui.cli import listings
from meterbase_tui.cli.lazy import LazyGroup, Place
from meterbase_tui.cli.listing_parts import filtered, listing_options, print_listing
from store import connections as connection_queries
from store.reading import deliveries as delivery_queries
from store.reading import events as event_queries
from store.reading import units as unit_queries
from store.records import PropertyState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from meterbase_tui.cli.session import Session
    from store.reader import Connection

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


@click.command()
@listing_options("event", "state", "verdict", "connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def deliveries(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List what reached the receiver, accepted or refused."""
    query = filtered(delivery_queries.list_deliveries, conditions, limit)
    print_listing(session, listings.DELIVERIES, query, as_json=as_json)


@click.command()
@listing_options("event", "state", "connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def events(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List what happened at Propexo, and what became of it."""
    query = filtered(event_queries.list_events, conditions, limit)
    print_listing(session, listings.EVENTS, query, as_json=as_json)


@click.command()
@listing_options("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def units(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List units as they are now, the one changed last first."""
    query = filtered(unit_queries.list_units, conditions, limit)
    print_listing(session, listings.UNITS, query, as_json=as_json)


@click.command()
@listing_options("connection_id", "property_id", "unit_id", "search")
@click.pass_obj
def changes(session: Session, /, *, as_json: bool, limit: int, **conditions: Any) -> None:
    """List changed fields of units, with their old and new values."""
    query = filtered(unit_queries.list_changes, conditions, limit)
    print_listing(session, listings.CHANGES, query, as_json=as_json)


@click.group(cls=LazyGroup, sections=_OF_PROPERTIES, invoke_without_command=True)
@listing_options("connection_id", "property_state", "search")
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

    print_listing(context.obj, listings.PROPERTIES, query, as_json=as_json)


@click.group(cls=LazyGroup, sections=_OF_CONNECTIONS, invoke_without_command=True)
@listing_options("search")
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

    print_listing(context.obj, listings.CONNECTIONS, query, as_json=as_json)


def _is_newer(moment: datetime | None, since: datetime | None) -> bool:
    return since is None or (moment is not None and moment >= since)


def _contain(term: str | None, *texts: str | None) -> bool:
    return term is None or any(term.lower() in text.lower() for text in texts if text)


def _cut(records: Iterable[_T], limit: int) -> list[_T]:
    found = list(records)
    return found[:limit] if limit else found
