"""What was measured, and what is said of many measurements."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OURS = "meterbase-tui"
RAW = "raw aiohttp"
DISTURBED = 0.7
"""Less of its core than this for the ceiling, and ratios to it say little."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One subject in one case of one scenario, measured once."""

    scenario: str
    subject: str
    """What was measured: `OURS`, `RAW`, or another contender's name."""
    case: str
    """Under which condition: a number of connections, a size of the store."""
    values: Mapping[str, float]
    """Figures by name; the name ends with its unit: `rate`, `p99_ms`, `memory_mb`."""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all are not above (nearest rank).

    Args:
        ordered: the values in ascending order, at least one.
        share: above 0, at most 1.
    """
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


class Results:
    """Measurements of a run, and their medians."""

    def __init__(self, measurements: Iterable[Measurement] = ()) -> None:
        self.measurements = list(measurements)

    def values(self, scenario: str, subject: str, case: str, name: str) -> list[float]:
        """A figure's values in the order measured; none when it was not."""
        return [
            each.values[name]
            for each in self.measurements
            if (each.scenario, each.subject, each.case) == (scenario, subject, case)
            and name in each.values
        ]

    def median(self, scenario: str, subject: str, case: str, name: str) -> float | None:
        """The median of a figure; None when it was not measured."""
        found = self.values(scenario, subject, case, name)
        return median(found) if found else None

    def ratio(
        self,
        scenario: str,
        subject: str,
        case: str,
        name: str,
        *,
        to: tuple[str, str] | None = None,
    ) -> float | None:
        """The median of a figure's ratios to the same figure of another, round by round.

        Two neighbours in time share the machine's mood, so their ratio is steadier than either.

        Args:
            scenario: of both.
            subject: the numerator's.
            case: the numerator's.
            name: of both.
            to: subject and case of the denominator; raw aiohttp in the same case by default.

        Returns:
            None when either was not measured.
        """
        over, under = to or (RAW, case)
        pairs = zip(
            self.values(scenario, subject, case, name),
            self.values(scenario, over, under, name),
            strict=False,
        )
        ratios = [numerator / denominator for numerator, denominator in pairs if denominator]
        return median(ratios) if ratios else None

    def subjects(self, scenario: str) -> list[str]:
        """Who was measured in a scenario, in order of appearance."""
        found = (each.subject for each in self.measurements if each.scenario == scenario)
        return list(dict.fromkeys(found))

    def cases(self, scenario: str) -> list[str]:
        """The cases of a scenario, in order of appearance."""
        found = (each.case for each in self.measurements if each.scenario == scenario)
        return list(dict.fromkeys(found))

    @property
    def core_share(self) -> float | None:
        """How much of its core the ceiling had, asked without a pause; None when nobody told."""
        return self.median("burst", RAW, "64", "core_share")

    @property
    def disturbed(self) -> bool:
        """Whether others kept the machine busy: several threads lose more by that than one does."""
        return self.core_share is not None and self.core_share < DISTURBED

    def as_json(self) -> list[dict[str, Any]]:
        """Every measurement as an object of its fields."""
        return [asdict(each) for each in self.measurements]
