"""RUBS: how a building's bill is divided over its units. Pure, exact, and without guesses.

RUBS (ratio utility billing) divides one master-metered bill by what is known of the units. What a
deduction for common areas leaves is what is divided here: the deduction itself is borne by the
building.

Shares are fractions that add up to exactly 1. Who is not known well enough to be given a share is
listed with what is missing, and the shares are then those of the others only.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from receiver.billing.weights import WEIGHTS, LeftOut, Method, Payer, Vacant, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from store.records import Unit


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


def divide(units: Iterable[Unit], method: Method, vacant: Vacant = Vacant.EXCLUDED) -> Division:
    """Each unit's part of a bill by a method.

    Units that are models, offices and the like, units whose status was never understood, and units
    that are no longer listed have none: a person decides about these. A vacant unit has no
    occupants, so it weighs nothing where these are counted, whoever pays for it.
    """
    paying: list[tuple[Unit, Payer]] = []
    left_out: list[LeftOut] = []
    for unit in units:
        payer = place(unit, method, vacant)
        if isinstance(payer, LeftOut):
            left_out.append(payer)
        else:
            paying.append((unit, payer))
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


def _parts(paying: Sequence[tuple[Unit, Payer]], method: Method) -> list[Fraction]:
    weights = [
        _normalise([column(unit, payer) for unit, payer in paying]) for column in WEIGHTS[method]
    ]
    heavy = [column for column in weights if any(column)]
    # Where nobody has square feet, say, all is divided by the other half.
    return [sum(row, Fraction(0)) / len(heavy) for row in zip(*heavy, strict=True)] or [
        Fraction(0)
    ] * len(paying)


def _normalise(weights: Sequence[Fraction | int]) -> list[Fraction]:
    total = Fraction(sum(weights))
    return [weight / total if total else Fraction(0) for weight in weights]
