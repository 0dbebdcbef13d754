"""The model of Propexo's payloads: which fields there are, and what each holds.

`receiver.contents.fields` reads them by it, forgiving what can be understood; the JSON Schema is
made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(Enum):
    """What a field holds, as a piece of JSON Schema."""

    TEXT = ("a text", {"type": "string"})
    LABEL = ("a text or a whole number", {"type": ["string", "integer"]})
    NUMBER = (
        "a number from 0 to 10,000,000",
        {"type": "number", "minimum": 0, "maximum": 10_000_000},
    )
    COUNT = (
        "a whole number from 0 to 10,000,000",
        {"type": "integer", "minimum": 0, "maximum": 10_000_000},
    )
    DAY = (
        "a date like 2026-04-01",
        {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"},
    )
    ADDRESS = ("a text or an object of texts", {"type": ["string", "object"]})
    ID = ("a text that is not empty", {"type": "string", "minLength": 1})

    @property
    def words(self) -> str:
        """What it has to be, for a sentence."""
        return str(self.value[0])

    @property
    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""
        return dict(self.value[1])


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record."""

    kind: Kind
    description: str


UNIT: Mapping[str, Field] = {
    "property_id": Field(Kind.TEXT, "The property that it belongs to."),
    "unit_number": Field(Kind.LABEL, "What people call it."),
    "status": Field(Kind.TEXT, "In the words of the PMS: occupied, vacant, notice, …"),
    "sqft": Field(Kind.NUMBER, "Its area in square feet."),
    "bedrooms": Field(Kind.NUMBER, "How many bedrooms it has."),
    "bathrooms": Field(Kind.NUMBER, "How many bathrooms it has; halves count."),
}
LEASE: Mapping[str, Field] = {
    "property_id": Field(Kind.TEXT, "The property of its unit."),
    "unit_id": Field(Kind.TEXT, "The unit that is let."),
    "status": Field(Kind.TEXT, "In the words of the PMS: active, future, ended, …"),
    "resident_name": Field(Kind.TEXT, "Who signed it."),
    "occupant_count": Field(Kind.COUNT, "How many people live there."),
    "start_date": Field(Kind.DAY, "Its first day."),
    "end_date": Field(Kind.DAY, "Its last day; null for month to month."),
}
RESIDENT: Mapping[str, Field] = {
    "property_id": Field(Kind.TEXT, "The property where they live."),
    "unit_id": Field(Kind.TEXT, "The unit where they live."),
    "lease_id": Field(Kind.TEXT, "The lease that they signed."),
    "name": Field(Kind.TEXT, "Their name."),
    "email": Field(Kind.TEXT, "Their e-mail address."),
    "phone": Field(Kind.TEXT, "Their phone number."),
}
PROPERTY: Mapping[str, Field] = {
    "name": Field(Kind.TEXT, "What the building is called."),
    "address": Field(Kind.ADDRESS, "Where it is."),
}
RECORDS: Mapping[str, Mapping[str, Field]] = {
    "property": PROPERTY,
    "unit": UNIT,
    "lease": LEASE,
    "resident": RESIDENT,
}
"""The records by `resource_type`."""
