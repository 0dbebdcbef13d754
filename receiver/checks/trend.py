"""Whether a trouble goes on, comes and goes, or is over."""

from __future__ import annotations

from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CALM = 20
"""So many good ones in a row, and what was mixed before is over."""


class Trend(Enum):
    """How good and bad follow each other."""

    #: None is bad.
    GOOD = "good"
    #: The newest is bad.
    BAD = "bad"
    #: The newest is good, but bad ones have come between good ones more than once.
    MIXED = "mixed"
    #: Bad until something was put right.
    CURED = "cured"


def trend(newest_first: Sequence[bool]) -> Trend:
    """The trend of a sequence in which True is bad."""
    if not any(newest_first):
        return Trend.GOOD
    if newest_first[0]:
        return Trend.BAD
    runs = [(bad, len(list(run))) for bad, run in groupby(newest_first)]
    episodes = sum(bad for bad, _ in runs)
    return Trend.MIXED if episodes > 1 and runs[0][1] < _CALM else Trend.CURED
