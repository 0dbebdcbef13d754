"""What a unit weighs when a bill is divided, by each method, and who pays for it. Pure.

The formulas are those that billing companies publish, named where each stands. Nothing is guessed:
a unit of which too little is known has no weight, and it is said what it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import add, attrgetter, sub
from typing import TYPE_CHECKING

from receiver.billing.occupancy import occupancy_of
from store.records import Occupancy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from store.records import Unit


class Method(StrEnum):
    """What a bill is divided by."""

    #: occ_u / Σ occ, minors included (RealPM: "occupants").
    OCCUPANTS = "occupants"
    #: f(occ_u) / Σ f: "less weight given to each occupant beyond the first" (Vitality, Accurate).
    OCCUPANT_FACTOR = "occupant-factor"
    #: sqft_u / Σ sqft (Vitality, Accurate).
    SQFT = "sqft"
    #: Half by square feet, half by occupant factor (Vitality: "50/50").
    HALF = "half"
    #: bed_u / Σ bed; where occupants are not reliably known (Synergy).
    BEDROOMS = "bedrooms"


class Vacant(StrEnum):
    """Who pays for units that stand empty."""

    #: They have shares like the others, and the owner pays them: neighbours pay the same as before.
    OWNER = "owner"
    #: Only occupied units are divided over: a move-out raises every neighbour's share (Vitality).
    EXCLUDED = "excluded"


class Payer(StrEnum):
    """Who pays a unit's share."""

    RESIDENT = "resident"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit without a share."""

    unit: Unit
    reason: str
    """A phrase without foreign text."""
    lacking: bool
    """Whether it would have one if more were known: then all other shares are too high."""


def occupant_factor(occupants: int) -> Fraction:
    """1 for one occupant, 1.6 for two, 2.2 for three, 0.4 more for each further one.

    The ratio scale of 16 Texas Administrative Code 24.281(e)(2) as it is commonly quoted. Check the
    rule in force, and your own allocation agreement, before you bill by it.
    """
    if occupants <= 0:
        return Fraction(0)
    if occupants <= _STEEP:
        return Fraction(4 + 6 * occupants, 10)
    return Fraction(22 + 4 * (occupants - _STEEP), 10)


_STEEP = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """What some units weigh in a division, summed: one number for each thing it divides by."""

    residents: int
    """How many of them pay for themselves."""
    of_residents: tuple[Fraction | int, ...]
    of_all: tuple[Fraction | int, ...]
    """With those that the owner pays for."""
    lacking: int
    """Of how many too little is known."""

    def __add__(self, other: Weights) -> Weights:
        """What both weigh together."""
        return Weights(
            self.residents + other.residents,
            tuple(map(add, self.of_residents, other.of_residents)),
            tuple(map(add, self.of_all, other.of_all)),
            self.lacking + other.lacking,
        )

    def __sub__(self, other: Weights) -> Weights:
        """What these weigh without others that are among them."""
        return Weights(
            self.residents - other.residents,
            tuple(map(sub, self.of_residents, other.of_residents)),
            tuple(map(sub, self.of_all, other.of_all)),
            self.lacking - other.lacking,
        )


def weigh(units: Iterable[Unit], method: Method, vacant: Vacant) -> Weights:
    """Sums what units weigh: a change of one of them changes the totals, and so all shares."""
    nothing = (0,) * len(WEIGHTS[method])
    return sum((weigh_one(unit, method, vacant) for unit in units), Weights(0, nothing, nothing, 0))


def weigh_one(unit: Unit, method: Method, vacant: Vacant) -> Weights:
    """What one unit weighs."""
    columns = WEIGHTS[method]
    nothing = (0,) * len(columns)
    payer = place(unit, method, vacant)
    if isinstance(payer, LeftOut):
        return Weights(0, nothing, nothing, int(payer.lacking))
    weights = tuple([column(unit, payer) for column in columns])
    pays = payer is Payer.RESIDENT
    return Weights(int(pays), weights if pays else nothing, weights, 0)


@cache
def measure_by(method: Method, vacant: Vacant) -> Callable[[Unit], Weights]:
    """`weigh_one` of a division: one function for each, so that sums by it can be kept.

    It is asked twice for every event, mostly of units that are alike in all that it looks at.
    """
    looked_at = _LOOKED_AT[method]
    known: dict[object, Weights] = {}

    def measure(unit: Unit) -> Weights:
        occupancy = unit.occupancy and unit.occupancy._value_  # a text has its hash at hand
        alike = (occupancy, unit.status, unit.missing_since is None, looked_at(unit))
        weights = known.get(alike)
        if weights is None:
            if len(known) == _REMEMBERED:
                known.clear()
            weights = known[alike] = weigh_one(unit, method, vacant)
        return weights

    return measure


_REMEMBERED = 4_096


def place(unit: Unit, method: Method, vacant: Vacant) -> Payer | LeftOut:
    """Who pays for a unit; or why nobody does."""
    payer = _payer(unit, vacant)
    lacking = _lacking(unit, payer, method) if isinstance(payer, Payer) else None
    return LeftOut(unit, lacking, lacking=True) if lacking else payer


def _payer(unit: Unit, vacant: Vacant) -> Payer | LeftOut:
    occupancy = occupancy_of(unit)
    if unit.missing_since is not None:
        return LeftOut(unit, "is no longer listed", lacking=False)
    if occupancy is Occupancy.OCCUPIED:
        return Payer.RESIDENT
    if occupancy is Occupancy.SPECIAL:
        return LeftOut(unit, "is no ordinary unit, so a person decides", lacking=False)
    if occupancy is Occupancy.UNKNOWN:
        return LeftOut(unit, "has a status that is not known", lacking=True)
    if vacant is Vacant.OWNER:
        return Payer.OWNER
    return LeftOut(unit, "is vacant", lacking=False)


def _lacking(unit: Unit, payer: Payer, method: Method) -> str | None:
    """What must be known for the method and is not, as a phrase."""
    for name, value in _NEEDS[method](unit):
        occupants_of_nobody = name == "occupants" and payer is Payer.OWNER
        if value is None and not occupants_of_nobody:
            return f"lacks its {name}"
    return None


def _occupants(unit: Unit, payer: Payer) -> int:
    return 0 if payer is Payer.OWNER else unit.occupant_count or 0


def _factor(unit: Unit, payer: Payer) -> Fraction:
    return occupant_factor(0 if payer is Payer.OWNER else unit.occupant_count or 0)


def _sqft(unit: Unit, _: Payer) -> Fraction | int:
    return _exact(unit.sqft or 0)


def _bedrooms(unit: Unit, _: Payer) -> Fraction | int:
    # A studio counts as one bedroom: somebody lives in it.
    return _exact(max(1, unit.bedrooms or 0))


def _exact(number: float) -> Fraction | int:
    return number if isinstance(number, int) else Fraction(number)


#: What each method divides by: one column, or two that bear half of the bill each.
WEIGHTS: dict[Method, tuple[Callable[[Unit, Payer], Fraction | int], ...]] = {
    Method.OCCUPANTS: (_occupants,),
    Method.OCCUPANT_FACTOR: (_factor,),
    Method.SQFT: (_sqft,),
    Method.HALF: (_sqft, _factor),
    Method.BEDROOMS: (_bedrooms,),
}


#: What a division looks at of a unit, beside who pays for it.
_LOOKED_AT: dict[Method, Callable[[Unit], object]] = {
    Method.OCCUPANTS: attrgetter("occupant_count"),
    Method.OCCUPANT_FACTOR: attrgetter("occupant_count"),
    Method.SQFT: attrgetter("sqft"),
    Method.HALF: attrgetter("sqft", "occupant_count"),
    Method.BEDROOMS: attrgetter("bedrooms"),
}


def _need_occupants(unit: Unit) -> tuple[tuple[str, object], ...]:
    return (("occupants", unit.occupant_count),)


def _need_sqft(unit: Unit) -> tuple[tuple[str, object], ...]:
    return (("area", unit.sqft),)


_NEEDS: dict[Method, Callable[[Unit], tuple[tuple[str, object], ...]]] = {
    Method.OCCUPANTS: _need_occupants,
    Method.OCCUPANT_FACTOR: _need_occupants,
    Method.SQFT: _need_sqft,
    Method.HALF: lambda unit: (*_need_sqft(unit), *_need_occupants(unit)),
    Method.BEDROOMS: lambda unit: (("bedrooms", unit.bedrooms),),
}
