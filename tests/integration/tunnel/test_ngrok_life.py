from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import Pace, TunnelState, TunnelStatus
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.tunnel_house import QUICK, TOKEN, House, Watch, post
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    Begin = Callable[..., Watch]

ONLINE, RECONNECTING = TunnelState.ONLINE, TunnelState.RECONNECTING


def happen(status: TunnelStatus, what: str) -> None:
    """Makes the stand-in do something; one that ends by it cannot answer."""
    try:
        post(f"{status.inspector_url}/stand-in/{what}")
    except OSError:
        assert what in {"crash", "revoke"}


def test_a_lost_connection_is_seen_although_the_agent_still_lists_its_endpoint(
    house: House, watch: Begin
) -> None:
    one = watch(house.ngrok())
    online = one.wait_for(ONLINE)
    happen(online, "drop")
    lost = one.wait_for(RECONNECTING)

    assert lost.public_url == online.public_url
    assert lost.since > online.since
    wait_until(lambda: "no such host" in repr(one.tunnel.status.problem))
    happen(online, "restore")
    back = one.wait_for(ONLINE)
    assert back.public_url == online.public_url
    assert back.problem is None


def test_an_agent_that_dies_is_started_again(house: House, watch: Begin) -> None:
    one = watch(house.ngrok())
    first = one.wait_for(ONLINE)
    (before,) = house.processes.pids("start --none")
    happen(first, "crash")
    one.wait_for(RECONNECTING)
    second = one.wait_for(ONLINE)

    assert second.inspector_url != first.inspector_url
    (after,) = house.processes.pids("start --none")
    assert after != before
    # From the outside it was one break, not a new start.
    assert set(one.states[one.states.index(RECONNECTING) :]) == {RECONNECTING, ONLINE}
    assert "agent_died" in one.codes


def test_a_minder_that_is_killed_takes_its_agent_along_and_is_replaced(
    house: House, watch: Begin
) -> None:
    one = watch(house.ngrok())
    one.wait_for(ONLINE)
    (agent,) = house.processes.pids("start --none")
    (minder,) = house.processes.pids("minder.py")
    os.kill(minder, signal.SIGKILL)
    one.wait_for(RECONNECTING)
    one.wait_for(ONLINE)

    assert agent not in house.processes.pids()


def test_a_token_that_is_revoked_meanwhile_is_said_and_not_tried_again(
    house: House, watch: Begin
) -> None:
    one = watch(house.ngrok())
    happen(one.wait_for(ONLINE), "revoke")
    problem = one.wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == "ERR_NGROK_107"
    assert not [status for status in one.said if TOKEN[:12] in repr(status)]


def test_a_log_that_is_not_text_does_not_end_in_a_silent_tunnel(house: House, watch: Begin) -> None:
    house.plan(scenario="garbled", seconds=0.3)
    one = watch(house.ngrok())
    one.wait_for(ONLINE)

    # pyngrok's reader dies of it, after which the agent would block on its full log.
    one.wait_for(RECONNECTING)
    assert "agent_died" in one.codes


def test_after_a_sleep_of_the_computer_it_is_not_called_online_before_it_is_known(
    house: House, watch: Begin
) -> None:
    asleep = threading.Event()

    def clock() -> datetime:
        return datetime.now(UTC) + (timedelta(minutes=20) if asleep.is_set() else timedelta())

    one = watch(house.ngrok(), clock=clock)
    online = one.wait_for(ONLINE)
    asleep.set()
    doubted = one.wait_for(RECONNECTING)

    assert doubted.problem is not None
    assert doubted.problem.code == "slept"
    assert doubted.public_url == online.public_url
    # The agent does not complain within `Pace.wake`: it survived.
    assert one.wait_for(ONLINE).problem is None


def test_a_connection_that_did_not_survive_the_sleep_stays_lost(house: House, watch: Begin) -> None:
    asleep = threading.Event()

    def clock() -> datetime:
        return datetime.now(UTC) + (timedelta(minutes=20) if asleep.is_set() else timedelta())

    one = watch(house.ngrok(), clock=clock)
    online = one.wait_for(ONLINE)
    asleep.set()
    one.wait_for(RECONNECTING)
    happen(online, "drop")
    wait_until(lambda: "no such host" in repr(one.tunnel.status.problem))
    said = len(one.said)
    time.sleep(2 * QUICK.wake)
    assert len(one.said) == said
    happen(online, "restore")
    one.wait_for(ONLINE)


def test_restart_begins_anew_from_every_state(house: House, watch: Begin) -> None:
    one = watch(house.ngrok())
    first = one.wait_for(ONLINE)
    one.tunnel.restart()
    wait_until(lambda: one.states.count(ONLINE) == 2)
    assert one.tunnel.status.inspector_url != first.inspector_url
    assert len(house.processes.pids("start --none")) == 1

    house.agent().write_text("#!/bin/sh\nexit 1\n")
    one.tunnel.restart()
    one.wait_for(TunnelState.FAILED)
    house.agent()
    one.tunnel.restart()
    one.wait_for(ONLINE)

    one.tunnel.stop()
    one.tunnel.restart()
    one.wait_for(ONLINE)


@pytest.mark.parametrize(
    ("plan", "phase"),
    [
        ({"scenario": "mute_version"}, TunnelState.PREPARING),
        ({"scenario": "silent"}, TunnelState.STARTING),
        pytest.param({"scenario": "offline"}, TunnelState.STARTING, marks=pytest.mark.slow),
        ({"scenario": "slow", "seconds": 30}, TunnelState.STARTING),
        ({"api": False}, TunnelState.STARTING),
        ({"scenario": "stubborn"}, ONLINE),
        ({"scenario": "offspring"}, ONLINE),
        ({"token": "another"}, TunnelState.FAILED),
    ],
    ids=str,
)
def test_it_stops_within_two_seconds_in_every_phase(
    house: House, watch: Begin, plan: dict[str, Any], phase: TunnelState
) -> None:
    house.plan(**plan)
    one = watch(house.ngrok(), pace=Pace(retries=(60,)))
    one.wait_for(phase)
    if phase is not TunnelState.FAILED:
        wait_until(lambda: bool(house.processes.pids(str(house.root / "bin"))))
    with Stopwatch() as took:
        one.tunnel.stop()

    assert took.seconds < 2.5
    assert one.tunnel.status.state is TunnelState.OFF
    wait_until(lambda: not house.processes.pids())


def test_it_stops_at_once_after_it_was_started(house: House, watch: Begin) -> None:
    for pause in (0.0, 0.01, 0.05, 0.15):
        one = watch(house.ngrok())
        time.sleep(pause)
        with Stopwatch() as took:
            one.tunnel.stop()
        assert took.seconds < 2.5
        wait_until(lambda: not house.processes.pids())


def test_start_returns_at_once_and_twice_is_once(house: House, watch: Begin) -> None:
    settings = house.ngrok()
    with Stopwatch() as took:
        one = watch(settings)
        one.tunnel.start()
    assert took.seconds < 0.5
    one.wait_for(ONLINE)

    assert len(house.processes.pids("start --none")) == 1


def test_a_listener_that_raises_breaks_nothing(house: House, watch: Begin) -> None:
    def fail(status: TunnelStatus) -> None:
        raise RuntimeError(status.state)

    one = watch(house.ngrok(), on_change=fail)
    wait_until(lambda: one.tunnel.status.state is ONLINE)
    assert one.tunnel.status.public_url


def test_a_listener_that_never_returns_does_not_keep_the_agent_alive(
    house: House, watch: Begin
) -> None:
    forever = threading.Event()

    def block(status: TunnelStatus) -> None:
        if status.state is ONLINE:
            forever.wait()

    one = watch(house.ngrok(), on_change=block)
    wait_until(lambda: one.tunnel.status.state is ONLINE)
    with Stopwatch() as took:
        one.tunnel.stop(timeout=0.6)

    assert took.seconds < 1.2
    assert one.tunnel.status.state is TunnelState.OFF
    wait_until(lambda: not house.processes.pids())
    forever.set()
    wait_until(lambda: not list(house.state_dir.glob("running-*")))


def test_a_listener_may_stop_the_tunnel(house: House, watch: Begin) -> None:
    said: list[TunnelState] = []

    def stop(status: TunnelStatus) -> None:
        said.append(status.state)
        if status.state is ONLINE:
            one.tunnel.stop()

    one = watch(house.ngrok(), on_change=stop)
    wait_until(lambda: ONLINE in said)
    wait_until(lambda: one.tunnel.status.state is TunnelState.OFF)
    wait_until(lambda: not house.processes.pids())
