"""What a change of one unit does to the bill of its building, and to how many neighbours. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from receiver.billing.weights import Method, Vacant, measure_by, weigh

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from receiver.billing.weights import Weights
    from store.processing.building import Building
    from store.records import Unit

_METHODS = {
    Method.OCCUPANTS: "by occupants",
    Method.OCCUPANT_FACTOR: "by occupant factor",
    Method.SQFT: "by square feet",
    Method.HALF: "half by square feet, half by occupant factor",
    Method.BEDROOMS: "by bedrooms",
}
MOST_UNITS = 400
"""A larger building is not divided for every event: the command does it when asked."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """How a bill is divided: what a person chose."""

    method: Method = Method.OCCUPANTS
    vacant: Vacant = Vacant.EXCLUDED


BY_OCCUPANTS = Allocation()
"""What holds while nobody chose otherwise."""


class Effect(NamedTuple):
    """What a change of some units does to those that did not change."""

    method: Method
    neighbours: int
    """How many other units pay for themselves."""
    average: float
    """By how many points of the bill a neighbour's share changes on average."""
    moved: bool
    """Whether any share changes."""
    lacking: int
    """Of how many units too little is known."""


def effect_of(after: Collection[Unit], before: Collection[Unit], allocation: Allocation) -> Effect:
    """What a change of some units does.

    Args:
        after: every unit of the building as it is now.
        before: those that changed, as they were; one that was not there is in `after` only.
        allocation: how the bill is divided.
    """
    method, vacant = allocation.method, allocation.vacant
    changed = {unit.unit_id for unit in before}
    others = weigh((unit for unit in after if unit.unit_id not in changed), method, vacant)
    now = weigh((unit for unit in after if unit.unit_id in changed), method, vacant)
    return _compare(others, weigh(before, method, vacant), now, method)


def effect_in(
    building: Building, before: Collection[Unit], now: Unit, allocation: Allocation
) -> Effect:
    """As `effect_of`, for one unit. Every event asks it, so the building keeps its sums.

    Args:
        building: as it is before the change.
        before: the unit as it was; none if it was not there.
        now: the unit as it is.
        allocation: how the bill is divided.
    """
    method, vacant = allocation.method, allocation.vacant
    measure = measure_by(method, vacant)
    all_units = building.total(measure, _nothing(method))
    here = building.part(measure, now.unit_id)
    after = measure(now)
    if here is after or here == after:
        # As with most events: nothing has changed that the bill is divided by.
        neighbours = all_units.residents - after.residents
        return Effect(method, neighbours, average=0.0, moved=False, lacking=all_units.lacking)
    others = all_units if here is None else all_units - here
    if before:
        was = sum(map(measure, before), _nothing(method))
    else:
        # A unit that is new to the building counts as one of the others, before and after: it is
        # not told as a change of its neighbours' shares.
        was, others, after = _nothing(method), others + after, _nothing(method)
    return _compare(others, was, after, method)


@cache
def _nothing(method: Method) -> Weights:
    return weigh((), method, Vacant.EXCLUDED)


def _compare(others: Weights, was: Weights, now: Weights, method: Method) -> Effect:
    totals = [tuple(map(add, some.of_all, others.of_all)) for some in (was, now)]
    count = others.residents
    moved = totals[0] != totals[1]
    average = 0.0
    if moved and count:
        old, new = (_part(others.of_residents, total) for total in totals)
        part = new - old
        # Exact up to here; fractions would take as long again to divide.
        average = 100 * part.numerator / (part.denominator * count)
    return Effect(method, count, average, moved, lacking=others.lacking + now.lacking)


def _part(weights: Sequence[Fraction | int], totals: Sequence[Fraction | int]) -> Fraction:
    """The part of the bill, from 0 to 1, that falls to `weights` out of `totals`."""
    parts = [Fraction(one, total) for one, total in zip(weights, totals, strict=True) if total]
    return parts[0] if len(parts) == 1 else sum(parts, Fraction(0)) / max(1, len(parts))


@lru_cache(maxsize=1_024)
def describe_effect(effect: Effect) -> str | None:
    """What an effect means for the neighbours, as a sentence; None when there are none."""
    if not effect.neighbours:
        return None
    how = _METHODS[effect.method]
    one = effect.neighbours == 1
    count = "its one neighbour" if one else f"its {effect.neighbours} neighbours"
    doubt = f" (not counting {effect.lacking} of which too little is known)"
    doubt = doubt if effect.lacking else ""
    if not effect.moved:
        return f"Divided {how}, the bill of {count} stays the same{doubt}"
    each = count if one else f"each of {count} on average"
    return f"Divided {how}, {_points(effect.average)} for {each}{doubt}"


def describe_method(method: Method) -> str:
    """How a bill is divided, as the end of "divided …"."""
    return _METHODS[method]


def describe_vacant(vacant: Vacant) -> str:
    """Who pays for units that stand empty, as a sentence."""
    if vacant is Vacant.OWNER:
        return "The owner pays the shares of vacant units."
    return "Vacant units have no share: the residents of the others pay for all of it."


def _points(average: float) -> str:
    """A move in points of the whole bill, such as "2.1 points more"."""
    if abs(average) < 0.05:  # noqa: PLR2004
        return "less than 0.1 points"
    return f"{abs(average):.1f} points {'more' if average > 0 else 'less'}"
