"""Whether the computer slept: its calendar clock runs on, its monotonic clock does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_LEAST = 5.0


class Wake:
    """Compares the two clocks. A calendar set forward by hand looks the same, and does no harm."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._apart = self._difference()

    def happened(self) -> bool:
        """Whether the computer slept since the last question, for five seconds at least."""
        before, self._apart = self._apart, self._difference()
        return self._apart - before >= _LEAST

    def _difference(self) -> float:
        return self._clock().timestamp() - time.monotonic()
