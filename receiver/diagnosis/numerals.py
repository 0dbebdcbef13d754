"""How JSON writers spell numbers: 950 or 950.0, 1e-7 or 1e-07 or 1.0E-7.

Each style was compared with the output of the writer that it is named after; see the tests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

#: Numbers with a larger exponent are left as they are: they would be mostly zeros.
_LARGEST_EXPONENT = 400


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """A way to spell double-precision numbers."""

    lowest: int
    highest: int
    """Plain notation is used for 10**(lowest-1) up to 10**highest, an exponent beyond."""
    fraction: bool
    """Whether a whole number read as a double ends in ``.0``."""
    mantissa_fraction: bool
    """Whether the mantissa in front of an exponent has a fraction always, as in ``1.0e-7``."""
    exponent: str = "e+-1"
    """Its letter, then ``+-`` if a plus is written, then the least number of its digits."""
    integers: bool = False
    """Whether what is written without fraction or exponent is read as a double too."""

    def spell(self, token: str) -> str:
        """The token of a number, or the same token if it is none."""
        if not self.integers and _is_integer(token):
            return "0" if not token.strip("-0") else token
        try:
            number = float(token)
        except ValueError:
            return token
        return self._double(number) if math.isfinite(number) else token

    def _double(self, number: float) -> str:
        sign, digits, point = _shortest(number)
        if not digits:
            return ("-" if sign and self.fraction else "") + ("0.0" if self.fraction else "0")
        body = (
            self._plain(digits, point)
            if self.lowest < point <= self.highest
            else self._with_exponent(digits, point - 1)
        )
        return f"{sign}{body}"

    def _plain(self, digits: str, point: int) -> str:
        if point <= 0:
            return "0." + "0" * -point + digits
        if point >= len(digits):
            return digits + "0" * (point - len(digits)) + (".0" if self.fraction else "")
        return f"{digits[:point]}.{digits[point:]}"

    def _with_exponent(self, digits: str, exponent: int) -> str:
        fraction = digits[1:] or ("0" if self.mantissa_fraction else "")
        letter, width = self.exponent[0], int(self.exponent[-1])
        sign = "-" if exponent < 0 else "+" if "+" in self.exponent else ""
        point = "." if fraction else ""
        return f"{digits[0]}{point}{fraction}{letter}{sign}{abs(exponent):0{width}d}"


def _is_integer(token: str) -> bool:
    return token.removeprefix("-").isdecimal()


def _shortest(number: float) -> tuple[str, str, int]:
    """The sign, the shortest digits and the decimal point of a number: 0.digits times 10**point."""
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    written = "".join(map(str, digits))
    assert isinstance(exponent, int)
    stripped = written.strip("0")
    return "-" if sign else "", stripped, len(written.lstrip("0")) + exponent


def decimal(token: str) -> str:
    """A number in plain decimal notation, no digit lost, as PostgreSQL's numeric writes it."""
    try:
        number = Decimal(token)
    except InvalidOperation:
        return token
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _LARGEST_EXPONENT:
        return token
    return f"{number:f}"


def money(token: str) -> str:
    """A number with a fraction of one digit, with two: 1250.5 as 1250.50."""
    fraction = token.partition(".")[2]
    return f"{token}0" if len(fraction) == 1 and fraction.isdecimal() else token


def toggled(token: str) -> str:
    """A whole number with ``.0`` added or, if it has it, removed; others as they are."""
    if _is_integer(token):
        return f"{token}.0"
    whole, _, fraction = token.partition(".")
    return whole if fraction and not fraction.strip("0") else token


#: ECMA-262, Number::toString; Go's encoding/json does the same.
JAVASCRIPT: Final = NumberStyle(-6, 21, fraction=False, mantissa_fraction=False, integers=True)
PYTHON: Final = NumberStyle(-4, 16, fraction=True, mantissa_fraction=False, exponent="e+-2")
RUBY: Final = NumberStyle(-4, 16, fraction=True, mantissa_fraction=True, exponent="e+-2")
PHP: Final = NumberStyle(-4, 17, fraction=False, mantissa_fraction=True)
PHP_FRACTION: Final = NumberStyle(-4, 17, fraction=True, mantissa_fraction=True)
JAVA: Final = NumberStyle(-3, 7, fraction=True, mantissa_fraction=True, exponent="E1")
#: Gson reading into a Map: every number becomes a Double.
GSON: Final = NumberStyle(
    -3, 7, fraction=True, mantissa_fraction=True, exponent="E1", integers=True
)
JQ: Final = NumberStyle(
    -5, 17, fraction=False, mantissa_fraction=False, exponent="e+-2", integers=True
)
