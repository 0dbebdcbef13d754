"""Sends the same deliveries to two targets, and finds what is answered differently."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from receiver.forwarding.answer import SLOW_MS

if TYPE_CHECKING:
    from receiver.forwarding.answer import Answer

_MUCH_SLOWER, _SLOWER_BY_MS = 3.0, 200.0


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer as it is compared and kept: without what differs each time."""

    status: int | None
    """None for no answer."""
    error: str | None
    ms: float
    body: str
    """JSON in its canonical form, any other body as it is; only the beginning of a long one."""

    @classmethod
    def of(cls, answer: Answer) -> Taken:
        """What is compared of an answer."""
        return cls(answer.status, answer.error, answer.ms, _canonical(answer.body))


def differences(before: Taken, after: Taken) -> tuple[str, ...]:
    """What differs, as words: `status`, `body`, `time`; none for answers that are alike.

    Times differ when one of them is beyond what Propexo waits for, or when the second answer took
    three times as long as the first and 200 ms more.
    """
    found = []
    if (before.status, before.error) != (after.status, after.error):
        found.append("status")
    if before.body != after.body:
        found.append("body")
    slow = [taken.ms >= SLOW_MS for taken in (before, after)]
    slower = after.ms > _MUCH_SLOWER * before.ms and after.ms > before.ms + _SLOWER_BY_MS
    if slow[0] != slow[1] or slower:
        found.append("time")
    return tuple(found)


def _canonical(body: bytes) -> str:
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace")
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
