"""The last half hour in numbers: deliveries a minute, and how fast they were answered. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from store.reading.activity import Arrivals

MINUTES = 30
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the dashboard draws; the minutes from the oldest to the one that runs."""

    accepted: tuple[int, ...] = (0,) * MINUTES
    refused: tuple[int, ...] = (0,) * MINUTES
    median_ms: float | None = None
    """Of the newest answers; None while there are none."""
    slowest_ms: float | None = None
    """What 99 of 100 of them stayed under."""


class Activity:
    """Adds up what look after look has counted."""

    def __init__(self) -> None:
        self.looked = 0
        """The delivery where the last look ended."""
        self._minutes: dict[int, tuple[int, int]] = {}

    def add(self, looked: int, arrivals: Iterable[Arrivals]) -> None:
        """Takes in what `store.reading.activity.arrivals_after` gave."""
        self.looked = looked
        for found in arrivals:
            accepted, refused = self._minutes.get(found.minute, (0, 0))
            self._minutes[found.minute] = (accepted + found.accepted, refused + found.refused)

    def pulse(self, minute: int, answer_times: Sequence[float]) -> Pulse:
        """The picture at a minute since 1970; what is older than it shows is forgotten."""
        first = minute - MINUTES + 1
        self._minutes = {at: counts for at, counts in self._minutes.items() if at >= first}
        counts = [self._minutes.get(at, (0, 0)) for at in range(first, minute + 1)]
        return Pulse(
            accepted=tuple(accepted for accepted, _ in counts),
            refused=tuple(refused for _, refused in counts),
            median_ms=percentile(answer_times, 50),
            slowest_ms=percentile(answer_times, 99),
        )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that so many per cent of all do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[-(-len(values) * percent // 100) - 1]


def draw_bars(counts: Sequence[int], most: int) -> str:
    """A character for each count, in eighths of `most`.

    Nothing is a point, and one delivery is seen however many came in another minute.
    """
    return "".join(_bar(count, most) for count in counts)


def _bar(count: int, most: int) -> str:
    if count <= 0:
        return "·"
    return _BARS[min(len(_BARS) - 1, (count * len(_BARS) - 1) // max(1, most))]
