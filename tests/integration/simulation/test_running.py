"""A simulation on a loop: stopped from elsewhere, unreachable, with a portfolio of another's."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sample_payloads.pms import SimulatedPms
from sample_payloads.portfolio import Portfolio
from sample_payloads.sending import Outgoing, Reply
from sample_payloads.simulation.library import find_scenario
from sample_payloads.simulation.reading import read_scenario
from sample_payloads.simulation.simulation import Simulation, Target
from sample_payloads.simulation.tables import ScenarioError
from tests.conftest import wait_until
from tests.stand_ins.virtual_loop import run_virtually

if TYPE_CHECKING:
    from sample_payloads.simulation.carrier import Webhook
    from tests.conftest import Bench

TARGET = Target(url="http://127.0.0.1:1/", secret=b"a secret", program="test")


async def _accept(_outgoing: Outgoing) -> Reply:
    return Reply(status=200, answer={}, ms=1.0)


async def _refuse(_outgoing: Outgoing) -> Reply:
    return Reply(status=401, answer={}, ms=1.0)


async def _hear_nothing(_outgoing: Outgoing) -> Reply:
    return Reply(status=None, answer=None, ms=1.0, error="Nobody.")


def test_it_plays_its_steps_in_the_time_that_they_take() -> None:
    started: list[tuple[float, int]] = []

    async def play() -> None:
        simulation = Simulation(find_scenario("lease_life"), TARGET, speed=2.0, post=_accept)
        loop = asyncio.get_running_loop()

        def tell(_webhook: Webhook) -> None:
            assert simulation.step is not None
            if not started or started[-1][1] != simulation.step.number:
                started.append((loop.time(), simulation.step.number))

        report = await simulation.run(tell)
        assert report.seconds == 6 * 1_800.0

    run_virtually(play())
    assert started == [(1_800.0 * n, n + 1) for n in range(7)]


def test_the_same_seed_sends_the_same_bytes() -> None:
    def bodies(seed: int) -> list[bytes]:
        simulation = Simulation(
            find_scenario("month_end_turnover"), TARGET, seed=seed, post=_accept,
            clock=lambda: datetime(2026, 11, 27, tzinfo=UTC),
        )  # fmt: skip
        run_virtually(simulation.run())
        return [webhook.outgoing.body for webhook in simulation.webhooks]

    assert bodies(7) == bodies(7)
    assert bodies(7) != bodies(8)


def test_nobody_there_ends_it_when_the_first_webhook_is_given_up() -> None:
    simulation = Simulation(
        find_scenario("month_end_turnover"), TARGET, speed=1.0, post=_hear_nothing
    )
    report = run_virtually(simulation.run())
    assert report.unreachable
    assert (report.given_up, report.delivered) == (1, 0)
    assert report.seconds == 95_760.0
    assert not report.interrupted
    assert report.problem == "Nobody."


def test_a_receiver_that_answered_once_was_there() -> None:
    answers = iter([_accept])

    async def post(outgoing: Outgoing) -> Reply:
        return await next(answers, _hear_nothing)(outgoing)

    simulation = Simulation(find_scenario("lease_life"), TARGET, post=post)
    report = run_virtually(simulation.run())
    assert not report.unreachable
    assert (report.delivered, report.given_up, report.problem) == (1, 13, "Nobody.")


def test_a_refusal_is_an_answer() -> None:
    simulation = Simulation(find_scenario("lease_life"), TARGET, post=_refuse)
    report = run_virtually(simulation.run())
    assert not report.unreachable
    assert report.given_up == report.webhooks == 14
    assert report.answers == {"401": 84}


def test_it_is_stopped_from_another_thread_with_a_report_so_far(bench: Bench) -> None:
    target = Target(url=bench.url, secret=bench.secret, program="test")
    simulation = Simulation(find_scenario("receiver_down_and_back"), target, speed=1.0)
    running = threading.Thread(target=asyncio.run, args=(simulation.run(),), daemon=True)
    running.start()
    wait_until(lambda: simulation.report().delivered == 4, "the first ones were delivered")
    simulation.stop()
    running.join(60)
    assert not running.is_alive()
    report = simulation.report()
    assert report.interrupted
    assert (report.delivered, report.given_up, report.webhooks) == (4, 0, 14)
    assert report.waiting == 10
    assert simulation.done


def test_stopped_before_it_runs_it_sends_nothing() -> None:
    simulation = Simulation(find_scenario("lease_life"), TARGET, post=_hear_nothing)
    simulation.stop()
    report = run_virtually(simulation.run())
    assert report.interrupted
    assert report.delivered == 0


def test_stopped_when_it_has_ended_it_was_not_interrupted() -> None:
    simulation = Simulation(find_scenario("lease_life"), TARGET, post=_accept)
    run_virtually(simulation.run())
    simulation.stop()
    assert simulation.stopped
    assert not simulation.report().interrupted


def test_a_step_that_cannot_be_played_says_so() -> None:
    text = (
        'title = "T"\n[[buildings]]\nconnection = "c"\nproperty = "p"\nunits = 1\n'
        '[[steps]]\nchange = "move_out"\nafter = "1m"\n'
    )
    simulation = Simulation(read_scenario(text.encode(), "x.toml", []), TARGET, post=_accept)
    with pytest.raises(ScenarioError, match=r"step 1 \(line 6\): move_out is asked for 1 units"):
        run_virtually(simulation.run())


async def test_events_and_the_api_agree_while_it_runs() -> None:
    portfolio = Portfolio(datetime.now(UTC).date())
    pms = SimulatedPms(portfolio)
    url = await pms.start()
    scenario = find_scenario("lease_life")
    differing: list[Any] = []
    headers = {"Authorization": f"Bearer {pms.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def post(outgoing: Outgoing) -> Reply:
            """Asks the API for the unit at the moment at which Propexo tells of it."""
            told = simulation.webhooks[-1]
            if told.outgoing is outgoing and told.resource_type == "unit":
                async with session.get(f"{url}/v1/units/{told.resource_id}") as response:
                    listed = (await response.json())["results"]
                if listed["is_vacant"] is not (b'"status":"vacant"' in outgoing.body):
                    differing.append((listed, outgoing.body))
                asked.append(told.number)
            return await _accept(outgoing)

        asked: list[int] = []
        simulation = Simulation(scenario, TARGET, speed=36_000.0, portfolio=portfolio, post=post)
        await simulation.run()
    await pms.stop()
    assert len(asked) == 4
    assert differing == []
