"""A unit's whole history, newest first: every event about it, and what each changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.reading import events, units
from store.reading.filters import Filters

if TYPE_CHECKING:
    from datetime import datetime

    from meterbase_tui.queries.details import Detail
    from store.reader import Connection
    from store.records import Change, Event, Unit

_MOST = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the history."""

    at: datetime
    event_id: int | None
    """None for changes of an event that is not known any more."""
    title: str
    """What happened, in a few words: the event's type with its outcome, or a refresh."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """A unit as it is now, and how it came to be so."""

    unit: Unit
    moments: tuple[Moment, ...]
    complete: bool
    """Whether nothing older was left out."""


def unit_of(detail: Detail) -> tuple[str, str] | None:
    """Connection and id of the unit that a delivery is about, as far as it says or changed one."""
    delivery = detail.delivery
    if delivery.connection_id is None:
        return None
    if delivery.resource_type == "unit" and delivery.resource_id is not None:
        return delivery.connection_id, delivery.resource_id
    if detail.changes:
        return detail.changes[0].connection_id, detail.changes[0].unit_id
    return None


def read_history(connection: Connection, connection_id: str, unit_id: str) -> UnitHistory | None:
    """The history of a unit; None when no such unit is known."""
    unit = next(
        (u for u in units.find_units(connection, unit_id) if _is(u, connection_id, unit_id)), None
    )
    if unit is None:
        return None
    filters = Filters(connection_id=connection_id, unit_id=unit_id)
    told = {each.id: each for each in events.list_events(connection, filters, limit=_MOST)}
    by_event: dict[int | None, list[Change]] = {}
    changes = units.list_changes(connection, filters, limit=_MOST)
    for change in changes:
        by_event.setdefault(change.event_id, []).append(change)
    # What a lease, a resident or a refresh did to the unit came with an event of another record.
    others = [number for number in by_event if number is not None and number not in told]
    told |= events.get_events(connection, others)
    moments = [_moment(event, by_event.pop(event.id, [])) for event in told.values()]
    moments += [_orphan(found) for found in by_event.values()]
    moments.sort(key=lambda moment: (moment.at, moment.event_id or 0), reverse=True)
    return UnitHistory(unit, tuple(moments), len(told) < _MOST and len(changes) < _MOST)


def _is(unit: Unit, connection_id: str, unit_id: str) -> bool:
    return (unit.connection_id, unit.unit_id) == (connection_id, unit_id)


def _moment(event: Event, changes: list[Change]) -> Moment:
    end = event.reason or event.outcome or event.state
    about = "" if event.resource_type in (None, "unit") else f" {event.resource_type}"
    title = f"{event.event}{about}, {end.replace('_', ' ')}"
    return Moment(event.timestamp, event.id, title, tuple(changes))


def _orphan(changes: list[Change]) -> Moment:
    return Moment(changes[0].at, changes[0].event_id, changes[0].source.value, tuple(changes))
