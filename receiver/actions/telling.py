"""Puts differences into change rows, and into sentences for a person to look at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from receiver.billing.bills import MOST_UNITS, describe_effect, effect_in
from receiver.billing.occupancy import is_doubtful, occupancy_of
from receiver.billing.rubs import affects_rubs
from receiver.contents import fields
from store.processing.effects import FieldChange, Notice
from store.records import ChangeSource, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.actions.effects import Occurrence, Records
    from receiver.contents.changes import Difference
    from store.records import Json, Unit

_WORDS = {"occupant_count": "occupants", "property_id": "property"}
#: Told by an id on one side and by an object on the other.
_OF_LEASES = ("current_lease", "lease")
#: Fields whose `old` the sender and the store put alike, so that they can be compared.
_COMPARED = ("status", "sqft", "bedrooms", "bathrooms")
_NOT_SAID = object()


def tell_changes(
    differences: Sequence[Difference],
    unit: Unit,
    source: ChangeSource = ChangeSource.EVENT,
) -> tuple[tuple[FieldChange, ...], tuple[Notice, ...]]:
    """One change a difference, and one notification for all that affect RUBS together."""
    # In the order of its fields: by their names it takes twice as long.
    whose = (unit.connection_id, unit.property_id, unit.unit_id, unit.unit_number)
    changes, told, new_status = [], [], False
    for field, old, new in differences:
        relevant = affects_rubs(field, old, new)
        changes.append(FieldChange(*whose, field, old, new, relevant, source))
        if relevant:
            told.append(f"{_WORDS.get(field, field)} {_show(old)} → {_show(new)}")
            new_status |= field == "status"
    if not told:
        return tuple(changes), ()
    text = f"{name_of(unit)}: {'; '.join(told)}"
    if new_status and is_doubtful(unit):
        text += f". Its status is none that is known: it counts as {occupancy_of(unit)} as before"
    return tuple(changes), (_notice(NotificationKind.RUBS, text, unit),)


def with_effect(
    notices: tuple[Notice, ...], was: Unit, now: Unit, occurrence: Occurrence, records: Records
) -> tuple[Notice, ...]:
    """Adds to notifications of RUBS what a change does to the bill and to how many neighbours.

    Args:
        notices: of the change.
        was: the unit before it.
        now: the unit after it.
        occurrence: the event.
        records: as they are before the event.
    """
    if not notices or now.property_id is None:
        return notices
    building = records.building(occurrence.connection_id, now.property_id, MOST_UNITS)
    if building is None:
        return notices
    before = [was] if was.property_id == now.property_id else []
    sentence = describe_effect(effect_in(building, before, now, occurrence.allocation))
    if sentence is None:
        return notices
    return tuple([Notice(kind, f"{text}. {sentence}", *whose) for kind, text, *whose in notices])


def tell_drift(occurrence: Occurrence, known: Unit, after: Unit) -> tuple[Notice, ...]:
    """A notification for fields that the sender had otherwise before: an event may be missing."""
    said = occurrence.changes
    olds = {
        name: said[name]["old"]
        for name in _COMPARED
        # First as raw values: most are equal, and then nothing has to be parsed.
        if name in said
        and said[name].get("old", _NOT_SAID) not in (_NOT_SAID, getattr(known, name))
    }
    if not olds:
        return ()
    drifted = [
        f"{name} was {_show(getattr(known, name))} here, Propexo says it was {_show(old)}"
        for name, old in fields.read_unit(olds).values.items()
        # A value that is in force already is said again, which proves nothing.
        if getattr(known, name) not in (old, getattr(after, name))
    ]
    if not drifted:
        return ()
    text = f"{name_of(known)}: an event was missed: {'; '.join(drifted)}."
    return (_notice(NotificationKind.DRIFT, text, known),)


def find_contradictions(occurrence: Occurrence) -> list[str]:
    """Where `changes` and `data` of one payload disagree; `data` is what is applied."""
    found = []
    data = occurrence.data
    for name, change in occurrence.changes.items():
        said_twice = "new" in change and name in data and name not in _OF_LEASES
        if said_twice and data[name] != change["new"]:
            found.append(f"changes.{name}.new contradicts data.{name}, which was applied")
    return found


def tell_contradictions(found: Sequence[str], unit: Unit) -> tuple[Notice, ...]:
    """A notification for a payload that says two things of one field."""
    if not found:
        return ()
    text = f"{name_of(unit)}: the event contradicts itself: {'; '.join(found)}."
    return (_notice(NotificationKind.DRIFT, text, unit),)


def _notice(kind: NotificationKind, text: str, unit: Unit) -> Notice:
    return Notice(kind, text, unit.connection_id, unit.property_id, unit.unit_id)


def name_of(unit: Unit) -> str:
    """A unit as people call it."""
    return f"Unit {unit.unit_number or unit.unit_id}"


def _show(value: Json) -> str:
    if type(value) is int:
        return str(value)  # most values are numbers, and json.dumps takes ten times as long
    if value is None:
        return "none"
    if isinstance(value, dict):
        return _show_lease(value)
    return value if isinstance(value, str) else json.dumps(value)


def _show_lease(lease: dict[str, Any]) -> str:
    """A lease without its people: a notification is read over shoulders."""
    name = lease.get("lease_id") or "lease"
    start, end = lease.get("start_date") or "?", lease.get("end_date") or "open"
    return f"{name} ({start} to {end})"
