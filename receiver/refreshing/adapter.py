"""Translates the API's records: its names and shapes into those that webhooks use, and ours.

This is the only place that knows them (`number`, `square_feet`, `is_vacant`, rooms as texts, leases
with `residents_meta_data`). A record in a webhook's words (`unit_number`, `sqft`, `status`,
`current_lease`) is understood as well. Nearly everything may be null in the API, where a property
system does not tell it: null leaves what is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.billing.current_lease import read_current_lease
from receiver.contents import fields
from receiver.judging.envelope import InvalidEnvelopeError, parse_timestamp
from receiver.refreshing.facts import LeaseFacts, Stay, UnitFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_UNIT_NAMES = {
    "property_id": ("property_id",),
    "unit_number": ("unit_number", "number"),
    "status": ("status",),
    "sqft": ("sqft", "square_feet"),
    "bedrooms": ("bedrooms",),
    "bathrooms": ("bathrooms",),
}
_LEASE_NAMES = {
    "resident_name": ("resident_name",),
    "occupant_count": ("occupant_count",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
}
_STUDIO = ("studio", "efficiency")
_DATE_LENGTH = len("2026-04-01")


def read_unit(record: Mapping[str, Any], problems: list[str]) -> UnitFacts | None:
    """A unit; None for a record without an id. What could not be read is added to `problems`."""
    unit_id = _text(record.get("id"))
    if unit_id is None:
        problems.append("a unit without an id")
        return None
    said = _pick(record, _UNIT_NAMES)
    if str(said.get("bedrooms")).strip().lower() in _STUDIO:
        said["bedrooms"] = 0
    found = fields.read_unit(said)
    problems += [f"unit {unit_id}: {problem}" for problem in found.problems]
    vacant, has_lease = record.get("is_vacant"), "current_lease" in record
    return UnitFacts(
        unit_id=unit_id,
        property_id=found.values.get("property_id"),
        values=found.values,
        vacant=vacant if isinstance(vacant, bool) else None,
        has_lease=has_lease,
        lease=read_current_lease(record.get("current_lease"), None, problems),
        changed_at=_instant(record.get("updated_at")),
    )


def read_lease(record: Mapping[str, Any], problems: list[str]) -> LeaseFacts | None:
    """A lease; None for a record without an id. What could not be read is added to `problems`."""
    lease_id = _text(record.get("id"))
    if lease_id is None:
        problems.append("a lease without an id")
        return None
    said = _pick(record, _LEASE_NAMES)
    found = fields.read_lease({name: _day(name, value) for name, value in said.items()})
    problems += [f"lease {lease_id}: {problem}" for problem in found.problems]
    names = ("status", "status_normalized", "status_raw")
    people = record.get("residents_meta_data")
    return LeaseFacts(
        lease_id=lease_id,
        unit_id=_text(record.get("unit_id")),
        property_id=_text(record.get("property_id")),
        values=found.values,
        statuses=tuple(filter(None, (_text(record.get(name)) for name in names))),
        moved_out=_date(record.get("realized_move_out_date")),
        stays=tuple(_stays(people if isinstance(people, list) else [])),
        changed_at=_instant(record.get("updated_at")),
    )


def _stays(people: list[Any]) -> list[Stay]:
    return [
        Stay(_date(person.get("move_in_date")), _date(person.get("move_out_date")))
        for person in people
        if isinstance(person, dict) and person.get("resident_type_normalized") != "GUARANTOR"
    ]


def _pick(record: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """What is said, by our names; the first of the other names that says something counts."""
    said = {}
    for ours, theirs in names.items():
        for name in theirs:
            if record.get(name) is not None:
                said[ours] = record[name]
                break
    return said


def _day(name: str, value: Any) -> Any:
    # The API writes days as instants at midnight.
    return value[:_DATE_LENGTH] if name.endswith("_date") and isinstance(value, str) else value


def _date(value: object) -> str | None:
    text = _text(value)
    return text[:_DATE_LENGTH] if text else None


def _instant(value: object) -> datetime | None:
    try:
        return parse_timestamp(value) if isinstance(value, str) else None
    except InvalidEnvelopeError:
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
