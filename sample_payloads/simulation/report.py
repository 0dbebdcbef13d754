"""What a simulation came to: its webhooks counted, and held against what was expected. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_payloads.simulation.carrier import Fate, Lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sample_payloads.simulation.carrier import Attempt, Webhook
    from sample_payloads.simulation.scenario import Expectation

NO_ANSWER = "none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One expectation, and what there was instead."""

    name: str
    expected: object
    actual: object

    @property
    def holds(self) -> bool:
        """Whether they are the same."""
        return self.expected == self.actual


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The sender's account. Counts of webhooks, unless they say otherwise."""

    webhooks: int
    delivered: int
    given_up: int
    waiting: int
    """Neither delivered nor given up, since it was stopped."""
    retried: int
    """That needed more than one attempt."""
    refused: int
    """That were answered with something but 2xx at least once."""
    attempts: int
    """Requests, copies and lost ones included."""
    lost: int
    """Requests or answers that got lost as the scenario says."""
    lost_answers: int
    duplicates: int
    """Answers that said that the event was known already."""
    answers: Mapping[str, int]
    """Requests by the status of their answer; `none` for those without one."""
    slowest_ms: float | None
    """The slowest answer, in milliseconds."""
    seconds: float
    interrupted: bool = False
    problem: str | None = None
    """Why the last request without an answer had none, as a sentence."""

    @property
    def unreachable(self) -> bool:
        """Whether requests were sent and none was ever answered."""
        answered = set(self.answers) - {NO_ANSWER} or self.lost_answers
        return self.problem is not None and not answered


def make_report(webhooks: Sequence[Webhook], seconds: float, *, interrupted: bool) -> Report:
    """Counts what became of webhooks."""
    attempts = [attempt for webhook in webhooks for attempt in webhook.attempts]
    fates = Counter(webhook.fate for webhook in webhooks)
    errors = [attempt.error for attempt in attempts if attempt.error]
    return Report(
        webhooks=len(webhooks),
        delivered=fates[Fate.DELIVERED],
        given_up=fates[Fate.GIVEN_UP],
        waiting=fates[Fate.WAITING],
        retried=sum(any(each.number > 1 for each in webhook.attempts) for webhook in webhooks),
        refused=sum(any(_is_refused(each) for each in webhook.attempts) for webhook in webhooks),
        attempts=len(attempts),
        lost=sum(attempt.lost is not None for attempt in attempts),
        lost_answers=sum(attempt.lost is Lost.ANSWER for attempt in attempts),
        duplicates=sum(attempt.duplicate for attempt in attempts),
        answers=dict(sorted(Counter(map(_answer, attempts)).items())),
        slowest_ms=max((each.ms for each in attempts if each.ms is not None), default=None),
        seconds=round(seconds, 3),
        interrupted=interrupted,
        problem=errors[-1] if errors else None,
    )


def compare(report: Report, expect: Expectation) -> list[Comparison]:
    """What the sender itself can hold against an expectation, wherever it sent to."""
    return [*_compare_counts(report, expect), *_compare_answers(report, expect)]


def _compare_counts(report: Report, expect: Expectation) -> Iterator[Comparison]:
    for name in ("webhooks", "delivered", "given_up"):
        expected = getattr(expect, name)
        if expected is not None:
            yield Comparison(name, expected, getattr(report, name))


def _compare_answers(report: Report, expect: Expectation) -> Iterator[Comparison]:
    for status, expected in expect.answers.items():
        yield Comparison(f"answers.{status}", expected, report.answers.get(status, 0))


def _answer(attempt: Attempt) -> str:
    return NO_ANSWER if attempt.status is None else str(attempt.status)


def _is_refused(attempt: Attempt) -> bool:
    return attempt.status is not None and not attempt.accepted
