"""What a change of one unit does to the bill of its building, and to how many neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from receiver.shares import Division, Method, Payer, Vacant, divide

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from receiver.shares import Share
    from store.records import Unit

_METHODS = {
    Method.OCCUPANTS: "by occupants",
    Method.OCCUPANT_FACTOR: "by occupant factor",
    Method.SQFT: "by square feet",
    Method.HALF: "half by square feet, half by occupant factor",
    Method.BEDROOMS: "by bedrooms",
}
_MOST_UNITS = 400
"""A larger building is not divided for every event: the command does it when asked."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a bill is divided: what a person chose."""

    method: Method = Method.OCCUPANTS
    vacant: Vacant = Vacant.EXCLUDED


BY_OCCUPANTS = Allocation()
"""What holds while nobody chose otherwise."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The shares before and after a change."""

    before: Division
    after: Division
    changed: frozenset[str]
    """The ids of the units that changed themselves."""

    @property
    def neighbours(self) -> tuple[tuple[str, Fraction], ...]:
        """The other units whose residents pay before and after, with how much more, of 1."""
        old = {each.unit.unit_id: each.part for each in _residents(self.before)}
        return tuple(
            (each.unit.unit_id, each.part - old[each.unit.unit_id])
            for each in _residents(self.after)
            if each.unit.unit_id in old and each.unit.unit_id not in self.changed
        )

    @property
    def average(self) -> float:
        """By how many points the neighbours' shares change on average."""
        moves = [move for _, move in self.neighbours]
        return float(100 * sum(moves, Fraction(0)) / len(moves)) if moves else 0.0


def effect_of(after: Sequence[Unit], before: Collection[Unit], allocation: Allocation) -> Effect:
    """What a change does.

    Args:
        after: every unit of the building as it is now.
        before: those that changed, as they were; one that was not there is in `after` only.
        allocation: how the bill is divided.
    """
    old = {unit.unit_id: unit for unit in before}
    here = {unit.unit_id for unit in after}
    was = [old.get(unit.unit_id, unit) for unit in after]
    was += [unit for unit_id, unit in old.items() if unit_id not in here]
    return Effect(
        divide(was, allocation.method, allocation.vacant),
        divide(after, allocation.method, allocation.vacant),
        frozenset(old),
    )


def describe_effect(effect: Effect) -> str | None:
    """What an effect means for the neighbours, as a sentence; None when there are none."""
    neighbours = effect.neighbours
    if not neighbours:
        return None
    how = _METHODS[effect.after.method]
    count = f"{len(neighbours)} neighbour{'' if len(neighbours) == 1 else 's'}"
    moved = sum(1 for _, move in neighbours if move)
    gaps = sum(each.lacking for each in effect.after.left_out)
    doubt = f" (not counting {gaps} of which too little is known)" if gaps else ""
    if not moved:
        return f"Divided {how}, the bill of its {count} stays the same{doubt}"
    average = effect.average
    return f"Divided {how}, {_points(average)} for each of its {count} on average{doubt}"


def describe_method(method: Method) -> str:
    """How a bill is divided, as the end of "divided …"."""
    return _METHODS[method]


def is_small(units: Collection[Unit]) -> bool:
    """Whether a building can be divided for an event while others wait."""
    return len(units) <= _MOST_UNITS


def _points(average: float) -> str:
    """A move in points of the whole bill, such as "2.1 points more"."""
    if abs(average) < 0.05:  # noqa: PLR2004
        return "less than 0.1 points"
    return f"{abs(average):.1f} points {'more' if average > 0 else 'less'}"


def _residents(division: Division) -> list[Share]:
    return [each for each in division.shares if each.payer is Payer.RESIDENT]
