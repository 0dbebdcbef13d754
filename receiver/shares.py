"""RUBS: how a building's bill is divided over its units. Pure, exact, and without guesses.

RUBS (ratio utility billing) divides one master-metered bill by what is known of the units. The
formulas are those that billing companies publish, named where each stands. What a deduction for
common areas leaves is what is divided here: the deduction itself is borne by the building.

Shares are fractions that add up to exactly 1. Who is not known well enough to be given a share is
listed with what is missing, and the shares are then those of the others only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from receiver.occupancy import occupancy_of
from store.records import Occupancy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
class Share:
    """A unit's part of the bill."""

    unit: Unit
    payer: Payer
    part: Fraction
    """Of 1."""

    @property
    def percent(self) -> float:
        """The part in per cent, for showing; the exact value is `part`."""
        return float(100 * self.part)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit without a share."""

    unit: Unit
    reason: str
    """A phrase without foreign text."""
    lacking: bool
    """Whether it would have one if more were known: then all other shares are too high."""


@dataclass(frozen=True, slots=True)
class Division:
    """A bill divided over a building."""

    method: Method
    vacant: Vacant
    shares: tuple[Share, ...]
    """Add up to exactly 1, unless there are none."""
    left_out: tuple[LeftOut, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing was missing that would change a share."""
        return not any(each.lacking for each in self.left_out)

    def part_of(self, unit_id: str) -> Fraction | None:
        """A unit's part; None for one without a share."""
        return next((each.part for each in self.shares if each.unit.unit_id == unit_id), None)


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


def divide(units: Iterable[Unit], method: Method, vacant: Vacant = Vacant.EXCLUDED) -> Division:
    """Each unit's part of a bill by a method.

    Units that are models, offices and the like, units whose status was never understood, and units
    that are no longer listed have none: a person decides about these. A vacant unit has no
    occupants, so it weighs nothing where these are counted, whoever pays for it.
    """
    paying: list[tuple[Unit, Payer]] = []
    left_out: list[LeftOut] = []
    for unit in units:
        place = _place(unit, method, vacant)
        if isinstance(place, LeftOut):
            left_out.append(place)
        else:
            paying.append((unit, place))
    parts = _parts(paying, method)
    shares = tuple(Share(*each, part) for each, part in zip(paying, parts, strict=True))
    return Division(method, vacant, shares if any(parts) else (), tuple(left_out))


def to_cents(shares: Sequence[Share], cents: int) -> list[int]:
    """A bill of so many cents by its shares; the amounts add up to it exactly.

    By the largest remainder (Hamilton's method): everybody is rounded down, and the cents that are
    left go to those who lost most by that; of equals, to the one that is listed first.
    """
    exact = [cents * share.part for share in shares]
    amounts = [int(amount) for amount in exact]
    left = cents - sum(amounts) if shares else 0
    by_loss = sorted(range(len(exact)), key=lambda i: (amounts[i] - exact[i], i))
    for index in by_loss[:left]:
        amounts[index] += 1
    return amounts


def _place(unit: Unit, method: Method, vacant: Vacant) -> Payer | LeftOut:
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


def _parts(paying: Sequence[tuple[Unit, Payer]], method: Method) -> list[Fraction]:
    weights = [
        _normalise([weigh(unit, payer) for unit, payer in paying]) for weigh in _WEIGHTS[method]
    ]
    heavy = [column for column in weights if any(column)]
    # Where nobody has square feet, say, all is divided by the other half.
    return [sum(row, Fraction(0)) / len(heavy) for row in zip(*heavy, strict=True)] or [
        Fraction(0)
    ] * len(paying)


def _normalise(weights: Sequence[Fraction]) -> list[Fraction]:
    total = sum(weights, Fraction(0))
    return [weight / total for weight in weights] if total else list(weights)


def _occupants(unit: Unit, payer: Payer) -> Fraction:
    return Fraction(0) if payer is Payer.OWNER else Fraction(unit.occupant_count or 0)


def _factor(unit: Unit, payer: Payer) -> Fraction:
    return occupant_factor(0 if payer is Payer.OWNER else unit.occupant_count or 0)


def _sqft(unit: Unit, _: Payer) -> Fraction:
    return Fraction(unit.sqft or 0)


def _bedrooms(unit: Unit, _: Payer) -> Fraction:
    # A studio counts as one bedroom: somebody lives in it.
    return Fraction(max(1, unit.bedrooms or 0))


_WEIGHTS: dict[Method, tuple[Callable[[Unit, Payer], Fraction], ...]] = {
    Method.OCCUPANTS: (_occupants,),
    Method.OCCUPANT_FACTOR: (_factor,),
    Method.SQFT: (_sqft,),
    Method.HALF: (_sqft, _factor),
    Method.BEDROOMS: (_bedrooms,),
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
