from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.duplicates import RETRY_PAUSES_S, Kind, kind_of
from tests.unit.receiver.checks.given import FACTS, ago, expect, repetition, verdict, with_log

NAME = CheckName.DUPLICATES


def test_none() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "No event was delivered twice")


@pytest.mark.parametrize("pause", RETRY_PAUSES_S)
def test_retries_are_known_by_their_pause(pause: float) -> None:
    for around in (0.85 * pause, pause, 1.15 * pause + 3):
        assert kind_of(repetition(30, around)) is Kind.RETRY


@pytest.mark.parametrize(
    ("pause", "kind"),
    [(0.0, Kind.DOUBLE), (29.0, Kind.DOUBLE), (150.0, Kind.OTHER), (700.0, Kind.OTHER),
     (40_000.0, Kind.OTHER)],
)  # fmt: skip
def test_other_pauses_are_no_retries(pause: float, kind: Kind) -> None:
    assert kind_of(repetition(30, pause)) is kind


def test_double_deliveries() -> None:
    facts = with_log(repetitions=(repetition(31, 0.4), repetition(30, 2.0)))
    found = expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "2 deliveries repeated an event within seconds",
        "events 21 and 20, the latest 69 min ago",
        fix="two endpoints",
    )
    assert found.action is not None
    assert found.action.event_id == 21
    one = with_log(repetitions=(repetition(31, 0.4),))
    expect(verdict(NAME, one), CheckStatus.WARN, "1 delivery repeated")


def test_retries_after_an_answer_that_was_in_time() -> None:
    facts = with_log(repetitions=(repetition(31, 61.0), repetition(30, 302.0, 8.0)))
    expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "2 deliveries were retries",
        "61 s",
        "8.0 ms at most",
        "lost or late on the way",
        fix="tunnel",
    )


def test_retries_after_an_answer_that_was_too_slow() -> None:
    facts = with_log(repetitions=(repetition(31, 60.0, 6_200.0),))
    expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "1 delivery was a retry",
        "too slow (6.2 s)",
        fix="response time",
    )


def test_retries_after_no_answer() -> None:
    facts = with_log(repetitions=(repetition(31, 60.0, None),))
    expect(verdict(NAME, facts), CheckStatus.WARN, "was not sent", fix="Nothing to do")


def test_others_are_mentioned() -> None:
    facts = with_log(repetitions=(repetition(31, 700.0),))
    expect(verdict(NAME, facts), CheckStatus.PASS, "sent by hand")


def test_a_day_later_they_are_over() -> None:
    old = replace(repetition(31, 0.4), received_at=ago(hours=25))
    facts = with_log(repetitions=(old,))
    expect(verdict(NAME, facts), CheckStatus.PASS, "No event was delivered twice")
