"""Puts differences into change rows, and into sentences for a person to look at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from receiver import fields
from receiver.rubs import affects_rubs
from store.effects import FieldChange, Notice
from store.records import ChangeSource, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.actions.effects import Occurrence
    from receiver.changes import Difference
    from store.records import Json, Unit

_WORDS = {"occupant_count": "occupants", "property_id": "property"}
#: Fields whose `old` the sender and the store put alike, so that they can be compared.
_COMPARED = ("status", "sqft", "bedrooms", "bathrooms")


def tell_changes(
    differences: Sequence[Difference],
    unit: Unit,
    source: ChangeSource = ChangeSource.EVENT,
) -> tuple[tuple[FieldChange, ...], tuple[Notice, ...]]:
    """One change a difference, and one notification for all that affect RUBS together."""
    changes = tuple(
        FieldChange(
            connection_id=unit.connection_id,
            property_id=unit.property_id,
            unit_id=unit.unit_id,
            unit_number=unit.unit_number,
            field=field,
            old=old,
            new=new,
            affects_rubs=affects_rubs(field, old, new),
            source=source,
        )
        for field, old, new in differences
    )
    relevant = [change for change in changes if change.affects_rubs]
    if not relevant:
        return changes, ()
    text = f"{_name(unit)}: " + "; ".join(
        f"{_WORDS.get(change.field, change.field)} {_show(change.old)} → {_show(change.new)}"
        for change in relevant
    )
    return changes, (_notice(NotificationKind.RUBS, text, unit),)


def tell_drift(occurrence: Occurrence, known: Unit, after: Unit) -> tuple[Notice, ...]:
    """A notification for fields that the sender had otherwise before: an event may be missing."""
    said = occurrence.body.get("changes")
    if not isinstance(said, dict):
        return ()
    olds = {
        name: said[name]["old"]
        for name in _COMPARED
        if isinstance(said.get(name), dict) and "old" in said[name]
    }
    drifted = [
        f"{name} was {_show(old)} for the sender and {_show(getattr(known, name))} here"
        for name, old in fields.read_unit(olds).values.items()
        # A value that is in force already is said again, which proves nothing.
        if getattr(known, name) not in (old, getattr(after, name))
    ]
    if not drifted:
        return ()
    text = f"{_name(known)}: {'; '.join(drifted)}. An event may have been missed."
    return (_notice(NotificationKind.DRIFT, text, known),)


def _notice(kind: NotificationKind, text: str, unit: Unit) -> Notice:
    return Notice(
        kind=kind,
        text=text,
        connection_id=unit.connection_id,
        property_id=unit.property_id,
        unit_id=unit.unit_id,
    )


def _name(unit: Unit) -> str:
    return f"Unit {unit.unit_number or unit.unit_id}"


def _show(value: Json) -> str:
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
