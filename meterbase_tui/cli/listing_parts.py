"""What listings share: their options, and how what they find is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.choices import Word
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import (
    STORE,
    json_option,
    limit_option,
    pager_option,
    setting_options,
    since_option,
)
from meterbase_tui.cli.session import Session, open_reader
from store.reading import units as unit_queries
from store.reading.filters import Filters
from store.records import EventState, PropertyState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from meterbase_tui.cli.listings import Listing
    from store.reader import Connection

_F = TypeVar("_F", bound="Callable[..., Any]")
_T = TypeVar("_T")

_EVENT_TYPES = ("data.new", "data.update", "sync.complete", "test.ping")
_FILTERS = {
    "event": click.option(
        "--event",
        metavar="TYPE",
        help="Of this type, such as data.update.",
        shell_complete=completing.words(*_EVENT_TYPES),
    ),
    "verdict": click.option(
        "--verdict", type=Word(Verdict), help="With this verdict on the signature."
    ),
    "state": click.option("--state", type=Word(EventState), help="Whose event is in this state."),
    "property_state": click.option("--state", type=Word(PropertyState), help="In this state."),
    "connection_id": click.option(
        "--connection",
        "connection_id",
        metavar="ID",
        help="Of this connection.",
        shell_complete=completing.connections,
    ),
    "property_id": click.option(
        "--property",
        "property_id",
        metavar="ID",
        help="Of this one.",
        shell_complete=completing.properties,
    ),
    "unit_id": click.option(
        "--unit",
        "unit_id",
        metavar="ID",
        help="Of the unit with this id or number.",
        shell_complete=completing.units,
    ),
    "search": click.option("--search", metavar="TEXT", help="That contain this text."),
}


def listing_options(*filters: str) -> Callable[[_F], _F]:
    """The options of a listing: its filters, and what all of them have."""

    def decorate(command: _F) -> _F:
        shared = (setting_options(STORE), pager_option, json_option, limit_option, since_option)
        for option in shared:
            command = option(command)
        return filter_options(*filters)(command)

    return decorate


def filter_options(*names: str) -> Callable[[_F], _F]:
    """Adds options that narrow down what a command is about; `read_filters` takes their values."""

    def decorate(command: _F) -> _F:
        for name in reversed(names):
            command = _FILTERS[name](command)
        return command

    return decorate


def print_listing(
    session: Session,
    listing: Listing[_T],
    query: Callable[[Connection], Iterable[_T]],
    *,
    as_json: bool,
) -> None:
    """Prints what a query finds in the store of the settings in force."""
    with open_reader(session.load()) as reader:
        with reader.connect() as connection:
            records = query(connection)
        listing.print(session.console, records, as_json=as_json)


def filtered(
    find: Callable[..., Iterable[_T]], conditions: dict[str, Any], limit: int
) -> Callable[[Connection], Iterable[_T]]:
    """A query for `print_listing`: what a function of the store finds under these conditions.

    Args:
        find: gets a connection, filters, and `limit` by its name.
        conditions: the values of the options that `filter_options` has added.
        limit: how many at most; 0 for all.
    """
    return lambda connection: find(connection, read_filters(connection, conditions), limit=limit)


def read_filters(connection: Connection, conditions: dict[str, Any]) -> Filters:
    """The conditions of a listing's options; a unit may be named by its number.

    Raises:
        CommandError: the number is that of several units.
    """
    name = conditions.get("unit_id")
    if name is not None:
        found = {record.unit_id for record in unit_queries.find_units(connection, name)}
        if len(found) > 1:
            raise CommandError(
                f"{name} may be any of {', '.join(sorted(found))}. Name the unit by its id.",
                Exit.USAGE,
            )
        conditions = conditions | {"unit_id": found.pop() if len(found) == 1 else name}
    return Filters(**conditions)
