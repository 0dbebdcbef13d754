"""A property's bill as it is divided now, or before and after an event: gathered for showing.

The command `rubs` prints it; a screen can show the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.bills import Effect, effect_of
from receiver.history import take_back
from receiver.shares import divide, to_cents
from store import units as unit_queries
from store.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from receiver.bills import Allocation
    from receiver.shares import Division
    from store.reader import Connection
    from store.records import Property, Unit


@dataclass(frozen=True, slots=True)
class PropertyDivision:
    """How a property's bill is divided."""

    property: Property
    now: Division
    """Or, where an event is looked at, right after it."""
    effect: Effect | None = None
    """What the event did; None when none is looked at, or it changed no unit of the property."""

    def before(self, unit_id: str) -> Fraction | None:
        """A unit's part before the event."""
        return self.effect.before.part_of(unit_id) if self.effect else None

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
    effect = effect_of(after, before, allocation) if before else None
    return PropertyDivision(record, division, effect)


def _by_number(unit: Unit) -> tuple[int, str]:
    name = unit.unit_number or unit.unit_id
    digits = "".join(letter for letter in name if letter.isdecimal() and letter.isascii())
    return (int(digits[:18] or 0), name)
