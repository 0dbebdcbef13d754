"""With --wait-for-forward the sender gets the application's status, as it would in production."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from store.forwarding.forwards import list_forwards
from tests.conftest import wait_until
from tests.integration.forwarding.conftest import numbered
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.conftest import Bench
    from tests.stand_ins.application import Application, Received


@pytest.fixture
def waiting(
    application: Application, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> Iterator[Bench]:
    with open_bench(forward_to=application.url, wait_for_forward=True) as bench:
        yield bench


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for the application however slow the machine is."""
    monkeypatch.setattr("receiver.arrival.intake._ANSWERED_BY_S", 60.0)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("status", [200, 201, 302, 400, 404, 429, 500, 503])
def test_the_status_is_the_applications(
    waiting: Bench, application: Application, status: int
) -> None:
    application.answer(status)
    assert waiting.post(numbered(1)).status == status
    (delivery,) = waiting.deliveries()
    assert delivery.event_id == 1
    wait_until(lambda: waiting.read(list_forwards)[0].attempts == 1)
    # Propexo tries again by itself, so that we do not.
    time.sleep(0.3)
    assert application.numbers == [1]


def test_what_is_refused_never_reaches_the_application(
    waiting: Bench, application: Application
) -> None:
    assert waiting.post(numbered(1), signature="test_signature").status == 401
    assert application.log == []


@pytest.mark.usefixtures("patient")
def test_an_application_that_is_not_there_is_a_bad_gateway(
    waiting: Bench, application: Application
) -> None:
    application.hang_up()
    for number in range(3):
        with Stopwatch() as took:
            reply = waiting.post(numbered(number))
        assert (reply.status, reply.json) == (502, {"error": "forward_unreachable"})
        assert took.seconds < 2
    application.listen()
    assert waiting.post(numbered(9)).status == 200


def test_an_application_that_is_slow_is_waited_for_less_than_5_s(
    waiting: Bench, application: Application
) -> None:
    async def behave(_: Received) -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    application.behave = behave
    started = time.monotonic()
    with Stopwatch() as took:
        reply = waiting.post(numbered(1))
    assert (reply.status, reply.json) == (504, {"error": "forward_timeout"})
    assert time.monotonic() - started > 4
    assert took.seconds < 5
