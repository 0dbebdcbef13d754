from __future__ import annotations

from receiver.checks import CheckName, CheckStatus
from tests.unit.receiver.checks.given import FACTS, ago, delivery, expect, verdict, with_log

NAME = CheckName.RESPONSE_TIME


def expect_with_times(
    *times: float | None, status: CheckStatus, words: str = "", fix: str = ""
) -> None:
    newest = [delivery(len(times) - n, ack_ms=time) for n, time in enumerate(times)]
    expect(verdict(NAME, with_log(deliveries=tuple(newest))), status, words, fix=fix)


def test_nothing_was_answered() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP)
    expect_with_times(None, status=CheckStatus.SKIP)
    old = with_log(deliveries=(delivery(1, ack_ms=9_000.0, received_at=ago(days=2)),))
    expect(verdict(NAME, old), CheckStatus.SKIP)


def test_percentiles_are_values_that_occurred() -> None:
    times = [float(n) for n in range(1, 101)]
    expect_with_times(
        *times, status=CheckStatus.PASS, words="50 ms (p50), 99 ms (p99) and 100 ms at most"
    )
    expect_with_times(
        7.0, status=CheckStatus.PASS, words="1 answer took 7.0 ms (p50), 7.0 ms (p99)"
    )
    expect_with_times(4.0, 2.0, status=CheckStatus.PASS, words="2.0 ms (p50), 4.0 ms (p99)")


def test_slow_answers() -> None:
    fast = [2.0] * 198
    expect_with_times(2_600.0, *fast, status=CheckStatus.WARN, words="2.6 s at most", fix="busy")
    expect_with_times(
        1_200.0, 1_100.0, *fast[:98], status=CheckStatus.WARN, words="1.1 s (p99)", fix="busy"
    )
    expect_with_times(1_200.0, *fast, status=CheckStatus.PASS)


def test_an_answer_that_propexo_did_not_wait_for() -> None:
    facts = with_log(deliveries=(delivery(9), delivery(8, ack_ms=6_100.0)))
    found = expect(
        verdict(NAME, facts), CheckStatus.FAIL, "1 answer came too late", "6.1 s", fix="disk"
    )
    assert found.action is not None
    assert found.action.delivery_id == 8
