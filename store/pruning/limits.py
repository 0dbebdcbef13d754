"""How much of the log may be kept, as the user sets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be kept; None is no limit."""

    days: int | None = None
    deliveries: int | None = None
    size: int | None = None
    """Bytes of headers and bodies."""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return (self.days, self.deliveries, self.size) != (None, None, None)


UNLIMITED = Limits()
