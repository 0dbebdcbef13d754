"""What an answer means for a delivery: taken, tried again, or set aside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from receiver.forwarding.answer import PAUSES_S, Answer, Failure, judge, read_retry_after
from receiver.forwarding.health import TargetState, state_after
from store.forwarding.forward_records import ForwardState

AT = datetime(2026, 3, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_taken(status: int) -> None:
    step = judge(7, Answer(ms=1, status=status), 0, AT, last=False)
    assert (step.forward_id, step.state, step.due_at) == (7, ForwardState.DELIVERED, None)
    assert step.attempt.error is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 599])
def test_tried_again_later_and_later_and_in_the_end_no_more(status: int) -> None:
    for attempts, pause in enumerate(PAUSES_S):
        step = judge(1, Answer(ms=1, status=status), attempts, AT, last=False)
        assert (step.state, step.counted) == (ForwardState.WAITING, True)
        assert step.due_at == AT + timedelta(seconds=pause)
    step = judge(1, Answer(ms=1, status=status), len(PAUSES_S), AT, last=False)
    assert step.state is ForwardState.FAILED


@pytest.mark.parametrize("status", [100, 300, 301, 308, 400, 401, 404, 409, 422, 451])
def test_refused_for_good(status: int) -> None:
    assert judge(1, Answer(ms=1, status=status), 0, AT, last=False).state is ForwardState.FAILED


@pytest.mark.parametrize("failure", [Failure.TIMED_OUT, Failure.BROKEN])
def test_a_fault_of_the_network_uses_up_an_attempt(failure: Failure) -> None:
    step = judge(1, Answer(ms=1, failure=failure), 0, AT, last=False)
    assert (step.state, step.counted) == (ForwardState.WAITING, True)


@pytest.mark.parametrize("failure", [Failure.REFUSED, Failure.UNKNOWN_HOST, Failure.UNTRUSTED])
def test_an_absent_application_uses_up_none(failure: Failure) -> None:
    step = judge(1, Answer(ms=1, failure=failure), 100, AT, last=False)
    assert (step.state, step.counted, step.due_at) == (ForwardState.WAITING, False, None)


@pytest.mark.parametrize(
    "answer", [Answer(ms=1, status=500), Answer(ms=1, failure=Failure.REFUSED)]
)
def test_the_only_attempt(answer: Answer) -> None:
    assert judge(1, answer, 0, AT, last=True).state is ForwardState.FAILED


def test_retry_after_lengthens_a_pause_and_never_shortens_it() -> None:
    for seconds, due in ((0.1, PAUSES_S[2]), (90.0, 90.0)):
        answer = Answer(ms=1, status=503, retry_after_s=seconds)
        assert judge(1, answer, 2, AT, last=False).due_at == AT + timedelta(seconds=due)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("999999999999", 3600.0),
        ("Wed, 25 Mar 2026 12:00:30 GMT", 30.0),
        ("Wed, 25 Mar 2026 11:00:00 GMT", 0.0),
        ("Wed, 25 Mar 2027 11:00:00 GMT", 3600.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert read_retry_after(value, AT) == seconds


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(ms=4_999, status=200), TargetState.UP),
        (Answer(ms=5_000, status=200), TargetState.SLOW),
        (Answer(ms=1, status=404), TargetState.FAILING),
        (Answer(ms=1, failure=Failure.TIMED_OUT), TargetState.FAILING),
        (Answer(ms=1, failure=Failure.REFUSED), TargetState.DOWN),
    ],
)
def test_the_state_of_a_target(answer: Answer, state: TargetState) -> None:
    assert state_after(answer) is state
