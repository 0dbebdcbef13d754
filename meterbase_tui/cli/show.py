"""`show`: one delivery, event or unit, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.choices import Word
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import STORE, json_option, pager_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.whole import UnitDetail, print_delivery, print_event, print_unit
from meterbase_tui.exports import json_fields
from meterbase_tui.queries.details import read_detail
from store import notifications
from store.reading import events, units
from store.reading.filters import Filters
from store.refreshes import refresh_of_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from meterbase_tui.queries.details import Detail
    from store.reader import Connection
    from store.records import Event, Unit

_RECENT = 50
"""How many changes, notifications and events of a unit are shown."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, in both forms; only the one that is wanted is made."""

    fields: Callable[[], Fields]
    show: Callable[[Console], None]


@click.command()
@click.argument("kind", type=Word(["delivery", "event", "unit"]))
@click.argument("name", metavar="ID", shell_complete=completing.of_kind)
@click.option("--connection", "connection_id", metavar="ID", help="The unit's connection.")
@setting_options(STORE)
@pager_option
@json_option
@click.pass_obj
def show(
    session: Session, /, *, kind: str, name: str, connection_id: str | None, as_json: bool
) -> None:
    """Show one delivery, event or unit, whole.

    A unit is found by its id or its number.
    """
    with open_reader(session.load()) as reader, reader.connect() as connection:
        if kind == "unit":
            found = _find_unit(connection, name, connection_id)
        elif kind == "event":
            found = _find_event(connection, _number(kind, name))
        else:
            found = _find_delivery(connection, _number(kind, name))
    with session.console.paged():
        if as_json:
            session.console.json_document(found.fields())
        else:
            found.show(session.console)


def _number(kind: str, name: str) -> int:
    # SQLite's integers have 64 bits; no id comes near that.
    if name.isascii() and name.isdigit() and len(name) <= 18:  # noqa: PLR2004
        return int(name)
    raise CommandError(f"The id of {_article(kind)} is a number, not {name!r}.", Exit.USAGE)


def _find_delivery(connection: Connection, delivery_id: int) -> _Found:
    detail = read_detail(connection, delivery_id)
    if detail is None:
        raise _missing("delivery", str(delivery_id))
    return _Found(
        lambda: json_fields.delivery_fields(detail.delivery) | _detail_fields(detail),
        lambda console: print_delivery(console, detail),
    )


def _find_event(connection: Connection, event_id: int) -> _Found:
    event = events.get_event(connection, event_id)
    if event is None:
        raise _missing("event", str(event_id))
    # An event has the number of the delivery that brought it first, unless that was pruned.
    detail = read_detail(connection, event_id)
    refresh = refresh_of_event(connection, event_id)
    return _Found(
        lambda: (
            _event_fields(event, detail)
            | {"refresh": refresh and json_fields.refresh_fields(refresh)}
        ),
        lambda console: print_event(console, event, detail, refresh),
    )


def _find_unit(connection: Connection, name: str, connection_id: str | None) -> _Found:
    unit = _choose(units.find_units(connection, name), name, connection_id)
    filters = Filters(connection_id=unit.connection_id, unit_id=unit.unit_id)
    detail = UnitDetail(
        unit,
        tuple(units.list_changes(connection, filters, limit=_RECENT)),
        tuple(notifications.list_notifications(connection, filters, dismissed=True, limit=_RECENT)),
        tuple(events.list_events(connection, filters, limit=_RECENT)),
    )
    return _Found(lambda: _unit_fields(detail), lambda console: print_unit(console, detail))


def _choose(found: list[Unit], name: str, connection_id: str | None) -> Unit:
    matching = [unit for unit in found if connection_id in (None, unit.connection_id)]
    if not matching:
        raise _missing("unit", name)
    if len(matching) > 1:
        places = ", ".join(f"{unit.unit_id} of {unit.connection_id}" for unit in matching)
        raise CommandError(
            f"{name} may be any of {places}. Name it by its id, and its connection with "
            "--connection.",
            Exit.USAGE,
        )
    return matching[0]


def _missing(kind: str, name: str) -> CommandError:
    return CommandError(
        f"There is no {kind} {name}. List what there is with `meterbase-tui "
        f"{'deliveries' if kind == 'delivery' else kind + 's'}`.",
        Exit.NOT_FOUND,
    )


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "event" else f"a {kind}"


def _detail_fields(detail: Detail) -> Fields:
    return json_fields.content_fields(detail.content) | {
        "processing": detail.event and json_fields.event_fields(detail.event),
        "changes": [json_fields.change_fields(change) for change in detail.changes],
        "notifications": [
            json_fields.notification_fields(notification) for notification in detail.notifications
        ],
        "delivered": [json_fields.delivery_fields(delivery) for delivery in detail.deliveries],
        "forwards": [
            json_fields.forward_fields(each.forward)
            | {"answers": [json_fields.attempt_fields(attempt) for attempt in each.attempts]}
            for each in detail.forwards
        ],
    }


def _event_fields(event: Event, detail: Detail | None) -> Fields:
    fields = json_fields.event_fields(event)
    if detail is None:
        return fields
    return fields | {
        name: value for name, value in _detail_fields(detail).items() if name != "processing"
    }


def _unit_fields(detail: UnitDetail) -> Fields:
    return json_fields.unit_fields(detail.unit) | {
        "changes": [json_fields.change_fields(change) for change in detail.changes],
        "notifications": [
            json_fields.notification_fields(notification) for notification in detail.notifications
        ],
        "events": [json_fields.event_fields(event) for event in detail.events],
    }
