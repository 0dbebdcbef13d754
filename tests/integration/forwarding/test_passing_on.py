"""Deliveries reach the application as the wire sent them, in order, and each until it is taken."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from receiver.forwarding.answer import PAUSES_S
from receiver.forwarding.health import TargetState
from receiver.forwarding.target import ForwardTarget
from store.forwarding.forward_records import Forward, ForwardState
from store.forwarding.forwards import attempts_of, list_forwards
from tests.conftest import PATH, wait_until
from tests.integration.forwarding.conftest import numbered
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.conftest import Bench
    from tests.stand_ins.application import Application, Received

    Open = Callable[..., AbstractContextManager[Bench]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between attempts, a hundredth of what they are."""
    monkeypatch.setattr("receiver.forwarding.answer.PAUSES_S", tuple(p / 100 for p in PAUSES_S))
    monkeypatch.setattr("receiver.forwarding.pulse.ABSENT_PAUSES_S", (0.02, 0.05))


def post(bench: Bench, *numbers: int, **more: Any) -> None:
    for number in numbers:
        assert bench.post(numbered(number, **more)).status == 200


def forwards(bench: Bench) -> list[Forward]:
    """All of them, oldest first."""
    return bench.read(list_forwards, limit=0)[::-1]


def settle(bench: Bench, count: int) -> list[Forward]:
    """Waits until so many have ended."""
    over = (ForwardState.DELIVERED, ForwardState.FAILED)

    def ended() -> bool:
        return sum(each.state in over for each in forwards(bench)) == count

    wait_until(ended, f"{count} forwards have ended")
    return forwards(bench)


def reach(bench: Bench, state: TargetState, at: int = 0) -> None:
    """Waits for the state of a target, which is told after what led to it was stored."""
    wait_until(lambda: bench.service.targets[at].state is state, f"target {at} is {state}")


def states(bench: Bench) -> list[str]:
    return [each.state.value for each in forwards(bench)]


def test_bytes_method_path_and_headers_are_those_of_the_wire(
    application: Application, open_bench: Open
) -> None:
    with open_bench(forward_to=application.url) as bench:
        odd = (("X-Odd", "a"), ("x-odd", "b"), ("User-Agent", "Propexo/2"), ("TE", "trailers"))
        reply = bench.post(numbered(1), *odd, path=f"{PATH}?x=%2F&y")
        assert reply.status == 200
        (forward,) = settle(bench, 1)
        (received,) = application.log
        assert application.authentic == [True]
        assert (received.method, received.target) == ("POST", f"{PATH}?x=%2F&y")
        assert received.body == numbered(1)
        names = [name.lower() for name, _ in received.headers]
        assert [value for name, value in received.headers if name.lower() == "x-odd"] == ["a", "b"]
        assert ("User-Agent", "Propexo/2") in received.headers
        assert ("Host", f"127.0.0.1:{application.port}") in received.headers
        assert not {"te", "accept", "accept-encoding", "x-meterbase-origin"} & set(names)
        assert (forward.state, forward.status, forward.attempts) == (
            ForwardState.DELIVERED, 200, 1
        )  # fmt: skip
        (attempt,) = bench.read(attempts_of, forward.id)
        assert (attempt.status, attempt.body, attempt.size) == (200, b"thank you", 9)
        assert (b"X-Answer", b"yes") in attempt.headers
        assert attempt.ms > 0
        reach(bench, TargetState.UP)


def test_what_was_refused_is_not_passed_on_and_a_repetition_is(
    application: Application, open_bench: Open
) -> None:
    with open_bench(forward_to=application.url) as bench:
        assert bench.post(numbered(1), signature="test_signature").status == 401
        assert bench.post(b'{"event":').status == 400
        post(bench, 2, 2)
        settle(bench, 2)
        assert application.numbers == [2, 2]


def test_a_target_with_a_path_filters_and_headers_of_its_own(
    application: Application, open_bench: Open
) -> None:
    target = ForwardTarget(
        url=f"{application.url}/hooks?from=tui",
        events=("data.update",),
        resource_types=("unit",),
        connections=("conn_b",),
        headers=(("X-Env", "dev"), ("User-Agent", "mine")),
    )
    with open_bench(forward_targets=(target,)) as bench:
        post(bench, 1)
        post(bench, 2, connection="conn_b")
        assert bench.post(numbered(3, "conn_b", event="data.new")).status == 200
        assert bench.post(numbered(4, "conn_b", resource_type="lease")).status == 200
        settle(bench, 1)
        (received,) = application.log
        assert (received.number, received.target) == (2, "/hooks?from=tui")
        assert ("X-Env", "dev") in received.headers
        assert [v for name, v in received.headers if name == "User-Agent"] == ["mine"]


def test_500_then_200_is_delivered_in_order(application: Application, open_bench: Open) -> None:
    application.answer(500, 503, 429, 200)
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2, 3)
        ended = settle(bench, 3)
        assert application.numbers == [1, 1, 1, 1, 2, 3]
        assert [each.attempts for each in ended] == [4, 1, 1]
        tries = bench.read(attempts_of, ended[0].id)
        assert [each.status for each in tries] == [500, 503, 429, 200]
        assert tries[0].error == "it answered 500"


def test_it_is_tried_eight_times_and_then_set_aside_and_the_next_goes_on(
    application: Application, open_bench: Open
) -> None:
    async def behave(received: Received) -> web.StreamResponse:
        return web.Response(status=500 if received.number == 1 else 200)

    application.behave = behave
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2)
        ended = settle(bench, 2)
        assert [each.state for each in ended] == [ForwardState.FAILED, ForwardState.DELIVERED]
        assert (ended[0].attempts, ended[0].error) == (8, "it answered 500")
        wait_until(lambda: bench.service.targets[0].failed == 1)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 422])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(
    application: Application, open_bench: Open, status: int
) -> None:
    application.answer(status, Location=f"{application.url}/elsewhere")
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1)
        (forward,) = settle(bench, 1)
        assert len(application.log) == 1
        assert (forward.state, forward.status) == (ForwardState.FAILED, status)
        assert ("redirect" in (forward.error or "")) == (status < 400)
        reach(bench, TargetState.FAILING)


def test_retry_after_is_honoured(application: Application, open_bench: Open) -> None:
    application.answer(503, 200, Retry_After="1")
    with open_bench(forward_to=application.url) as bench:
        started = time.monotonic()
        with Stopwatch() as took:
            post(bench, 1)
            settle(bench, 1)
        assert time.monotonic() - started >= 1.0
        assert took.seconds < 4


def test_what_comes_while_it_is_down_is_sent_when_it_is_back(
    application: Application, open_bench: Open
) -> None:
    application.hang_up()
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2, 3)
        reach(bench, TargetState.DOWN)
        assert bench.service.targets[0].problem == "no connection was made"
        post(bench, 4)
        wait_until(lambda: bench.service.targets[0].waiting == 4)
        time.sleep(0.4)
        application.listen()
        ended = settle(bench, 4)
        assert application.numbers == [1, 2, 3, 4]
        assert [each.attempts for each in ended] == [1, 1, 1, 1]
        wait_until(lambda: bench.service.targets[0].waiting == 0)
        reach(bench, TargetState.UP)


def test_an_answer_that_breaks_off_is_tried_again(
    application: Application, open_bench: Open
) -> None:
    broken: list[Received] = []

    async def behave(received: Received) -> web.StreamResponse:
        if broken:
            return web.Response()
        broken.append(received)
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(received.request)
        await response.write(b"the beginning")
        assert received.request.transport is not None
        received.request.transport.abort()
        return response

    application.behave = behave
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1)
        (forward,) = settle(bench, 1)
        assert application.numbers == [1, 1]
        first, _ = bench.read(attempts_of, forward.id)
        assert first.error == "it closed the connection without a whole answer"


def test_a_flapping_application_gets_everything_once_and_in_order(
    application: Application, open_bench: Open
) -> None:
    with open_bench(forward_to=application.url) as bench:
        for number in range(30):
            if number % 10 == 3:
                application.hang_up()
            post(bench, number)
            if number % 10 == 7:
                application.listen()
        settle(bench, 30)
        assert application.numbers == list(range(30))


def test_connections_do_not_wait_for_each_other(application: Application, open_bench: Open) -> None:
    release = asyncio.Event()

    async def behave(received: Received) -> web.StreamResponse:
        if received.number == 1:
            await release.wait()
        return web.Response()

    application.behave = behave
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2)
        post(bench, 3, 4, connection="conn_b")
        wait_until(lambda: {1, 4} <= set(application.numbers))
        # Which of the connections is heard first is left to chance.
        assert [number for number in application.numbers if number != 1] == [3, 4]
        application._loop.call_soon_threadsafe(release.set)
        settle(bench, 4)
        assert application.numbers[3:] == [2]


def test_the_acknowledgement_never_waits_for_a_slow_application(
    application: Application, open_bench: Open
) -> None:
    release = asyncio.Event()
    answered: list[int | None] = []

    async def behave(received: Received) -> web.StreamResponse:
        await release.wait()
        answered.append(received.number)
        return web.Response()

    application.behave = behave
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2, 3)
        assert answered == []
        application._loop.call_soon_threadsafe(release.set)
        settle(bench, 3)
        assert answered == [1, 2, 3]


def test_two_targets_have_queues_of_their_own(application: Application, open_bench: Open) -> None:
    down = ForwardTarget(url="http://127.0.0.1:9")
    with open_bench(forward_to=application.url, forward_targets=(down,)) as bench:
        post(bench, 1, 2)
        settle(bench, 2)
        assert application.numbers == [1, 2]
        wait_until(lambda: bench.service.targets[1].waiting == 2)
        reach(bench, TargetState.DOWN, 1)


def test_every_change_of_its_state_is_told_once(application: Application, open_bench: Open) -> None:
    with open_bench(forward_to=application.url) as bench:
        told: list[TargetState] = []
        bench.service._forwarding._forwarders[0]._pulse._on_change = lambda h: told.append(h.state)
        post(bench, 1, 2)
        settle(bench, 2)
        application.answer(500, 500, 500, 200)
        post(bench, 3, 4)
        settle(bench, 4)
        expected = [TargetState.UP, TargetState.FAILING, TargetState.UP]
        wait_until(lambda: len(told) >= len(expected))
        assert told == expected


def test_what_there_is_no_room_for_waits_in_the_store(
    application: Application, open_bench: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver.forwarding.forwarder._MOST_IN_MEMORY", 5)
    application.hang_up()
    with open_bench(forward_to=application.url) as bench:
        post(bench, *range(23))
        (target,) = wait_until(
            lambda: [each for each in bench.service.targets if each.waiting >= 23], "all wait"
        )
        assert target.waiting == 23
        assert len(forwards(bench)) == 5

        application.listen()
        settle(bench, 23)
        assert [each.body for each in application.log] == [numbered(n) for n in range(23)]
        wait_until(lambda: bench.service.targets[0].waiting == 0, "none waits")
