"""What came back from a target, and what that means for the delivery. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from store.forwarding.forward_records import ForwardAttempt, ForwardState
from store.forwarding.forward_steps import Step

if TYPE_CHECKING:
    from store.records import Headers

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Before each further attempt; so a delivery is tried eight times, over two minutes."""
ABSENT_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Between looks for an application that accepts no connection; the last one is repeated."""
LONGEST_RETRY_AFTER_S = 3600.0
SLOW_MS = 5_000.0
"""Propexo waits no longer for an answer."""
_RETRIED = frozenset({408, 425, 429})
_SUCCESS, _REDIRECT, _SERVER_ERROR = range(200, 300), range(300, 400), range(500, 600)


class Failure(StrEnum):
    """Why there was no answer."""

    #: Nobody listens, or the host cannot be reached: that says nothing of the delivery.
    REFUSED = "no connection was made"
    UNKNOWN_HOST = "its host name is not known"
    UNTRUSTED = "its TLS certificate is not trusted"
    TIMED_OUT = "it did not answer in time"
    BROKEN = "it closed the connection without a whole answer"


ABSENT = frozenset({Failure.REFUSED, Failure.UNKNOWN_HOST, Failure.UNTRUSTED})
"""Failures of the target as a whole: what waits is kept, and no attempt is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One exchange with a target."""

    ms: float
    status: int | None = None
    failure: Failure | None = None
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    size: int = 0
    retry_after_s: float | None = None

    @property
    def delivered(self) -> bool:
        """Whether the application took the delivery."""
        return self.status in _SUCCESS

    @property
    def absent(self) -> bool:
        """Whether there was no application at all."""
        return self.failure in ABSENT

    @property
    def error(self) -> str | None:
        """Why it does not count as delivered, as a sentence's end."""
        if self.failure is not None:
            return self.failure.value
        if self.status in _REDIRECT:
            return f"it answered {self.status}, a redirect, which is not followed"
        return None if self.delivered else f"it answered {self.status}"


def judge(forward_id: int, answer: Answer, attempts: int, at: datetime, *, last: bool) -> Step:
    """What an answer means for a delivery.

    Args:
        forward_id: of the delivery on its way to the target.
        answer: what came back.
        attempts: how many were counted before this one.
        at: when this one began.
        last: whether there is to be no other attempt, whatever came back.
    """
    attempt = ForwardAttempt(
        at=at,
        status=answer.status,
        ms=answer.ms,
        error=answer.error,
        headers=answer.headers,
        body=answer.body,
        size=answer.size,
    )
    if answer.delivered:
        return Step(forward_id, attempt, ForwardState.DELIVERED, None)
    if answer.absent and not last:
        return Step(forward_id, attempt, ForwardState.WAITING, None, counted=False)
    if last or not _may_pass(answer) or attempts >= len(PAUSES_S):
        return Step(forward_id, attempt, ForwardState.FAILED, None)
    pause = max(PAUSES_S[attempts], answer.retry_after_s or 0.0)
    return Step(forward_id, attempt, ForwardState.WAITING, at + timedelta(seconds=pause))


def read_retry_after(value: str, now: datetime) -> float | None:
    """The seconds of a `Retry-After` (RFC 9110, section 10.2.3), an hour at most; None for none."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_RETRY_AFTER_S)


def _may_pass(answer: Answer) -> bool:
    """Whether another attempt may succeed: faults of the network, and answers that say so."""
    return answer.failure is not None or answer.status in _RETRIED or answer.status in _SERVER_ERROR
