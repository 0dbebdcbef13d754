"""A property's bill as it is divided now, or before and after an event: gathered for showing.

The command `rubs` prints it; a screen can show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.billing.bills import Effect, describe_effect, effect_of
from receiver.billing.shares import divide, to_cents
from receiver.contents.history import take_back
from store.reading import units as unit_queries
from store.reading.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from meterbase_tui.exports.json_fields import Fields
    from receiver.billing.bills import Allocation
    from receiver.billing.shares import Division, Share
    from store.reader import Connection
    from store.records import Property, Unit


@dataclass(frozen=True, slots=True)
class PropertyDivision:
    """How a property's bill is divided."""

    property: Property
    now: Division
    """Or, where an event is looked at, right after it."""
    earlier: Division | None = None
    """Right before it; None when none is looked at, or it changed no unit of the property."""
    effect: Effect | None = None
    """What the event did to the neighbours; None as above."""

    def before(self, unit_id: str) -> Fraction | None:
        """A unit's part before the event."""
        return self.earlier.part_of(unit_id) if self.earlier else None

    def amounts(self, cents: int | None) -> Sequence[int | None]:
        """What each share is of a bill, in its cents; None for no bill."""
        if cents is None:
            return [None] * len(self.now.shares)
        return to_cents(self.now.shares, cents)


def read_division(
    connection: Connection, record: Property, allocation: Allocation, event_id: int | None = None
) -> PropertyDivision:
    """Reads a property's units and divides.

    Args:
        connection: where to read.
        record: the property.
        allocation: by what, and who pays for vacant units.
        event_id: an event whose effect is wanted.
    """
    filters = Filters(connection_id=record.connection_id, property_id=record.property_id)
    units = sorted(unit_queries.list_units(connection, filters, limit=0), key=_by_number)
    if event_id is None:
        return PropertyDivision(record, divide(units, allocation.method, allocation.vacant))
    own = unit_queries.changes_of_event(connection, event_id)
    newest = max((change.id for change in own), default=None)
    later = (
        []
        if newest is None
        else unit_queries.changes_after(connection, record.connection_id, newest)
    )
    after = take_back(units, later)
    touched = {change.unit_id for change in own}
    before = take_back([unit for unit in after if unit.unit_id in touched], own)
    division = divide(after, allocation.method, allocation.vacant)
    if not before:
        return PropertyDivision(record, division)
    old = {unit.unit_id: unit for unit in before}
    was = [old.get(unit.unit_id, unit) for unit in after]
    earlier = divide(was, allocation.method, allocation.vacant)
    return PropertyDivision(record, division, earlier, effect_of(after, before, allocation))


def division_fields(found: PropertyDivision, cents: int | None, event_id: int | None) -> Fields:
    """A division as JSON: shares as exact fractions, amounts as texts.

    Args:
        found: how the bill is divided.
        cents: a bill to divide, in its cents.
        event_id: the event that was looked at.
    """
    amounts = found.amounts(cents)
    division, effect = found.now, found.effect
    return {
        "connection_id": found.property.connection_id,
        "property_id": found.property.property_id,
        "method": division.method.value,
        "vacant": division.vacant.value,
        "complete": division.complete,
        "bill": None if cents is None else _money(cents),
        "shares": [
            _share_fields(found, share, amount)
            for share, amount in zip(division.shares, amounts, strict=True)
        ],
        "left_out": [
            {
                "unit_id": each.unit.unit_id,
                "unit_number": each.unit.unit_number,
                "reason": each.reason,
                "lacking": each.lacking,
            }
            for each in division.left_out
        ],
        "event_id": event_id,
        "effect": effect
        and {
            "neighbours": effect.neighbours,
            "average_points": round(effect.average, 6),
            "text": describe_effect(effect),
        },
    }


def _share_fields(found: PropertyDivision, share: Share, amount: int | None) -> Fields:
    before = found.before(share.unit.unit_id)
    return {
        "unit_id": share.unit.unit_id,
        "unit_number": share.unit.unit_number,
        "payer": share.payer.value,
        "share": str(share.part),
        "percent": round(share.percent, 6),
        "amount": None if amount is None else _money(amount),
        "before": None if before is None else str(before),
    }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _by_number(unit: Unit) -> tuple[int, str]:
    name = unit.unit_number or unit.unit_id
    digits = "".join(letter for letter in name if letter.isdecimal() and letter.isascii())
    return (int(digits[:18] or 0), name)
