from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import Pace, Problem, ProviderName, TunnelSettings, TunnelState
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.tunnel_house import TOKEN, House, Watch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Begin = Callable[..., Watch]

# One attempt within a second and a half, and no second one during the test.
ONCE = Pace(version=1.0, start=1.5, retries=(60.0,), tick=0.05)
# Where the machine was too slow for that.
PATIENT = Pace(version=20.0, start=20.0, retries=(60.0,), tick=0.05)
LATE = 2.0
SLOW = pytest.mark.slow


def failed(house: House, watch: Begin, settings: TunnelSettings, code: str) -> Problem:
    """The failure, and nothing else: in time, with no process left and no token in it."""
    for pace in (ONCE, PATIENT):
        with Stopwatch() as took:
            status = watch(settings, pace=pace).wait_for(TunnelState.FAILED)
        assert took.seconds < pace.version + pace.start + LATE
        assert status.problem is not None
        assert status.public_url is None
        assert TOKEN[:12] not in repr(status)
        assert all(char.isprintable() for char in status.problem.sentence + status.problem.cure)
        wait_until(lambda: not house.processes.pids())
        if status.problem.code == code:
            break
    assert status.problem is not None
    assert status.problem.code == code
    return status.problem


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ({"scenario": "offline"}, "no_network"),
        ({"scenario": "silent"}, "agent_silent"),
        pytest.param({"scenario": "mute_version"}, "agent_unusable", marks=SLOW),
        ({"token": "another"}, "ERR_NGROK_105"),
        pytest.param({"scenario": "refused", "error": 107}, "ERR_NGROK_107", marks=SLOW),
        pytest.param({"scenario": "refused", "error": 108}, "ERR_NGROK_108", marks=SLOW),
        ({"scenario": "refused", "error": 121, "version": "3.3.1"}, "ERR_NGROK_121"),
        pytest.param({"scenario": "refused", "error": 9009}, "ERR_NGROK_9009", marks=SLOW),
        pytest.param({"scenario": "refused", "error": 4321}, "ERR_NGROK_4321", marks=SLOW),
        ({"scenario": "taken"}, "ERR_NGROK_334"),
        ({"scenario": "bind"}, "web_addr_taken"),
        ({"scenario": "no_api"}, "agent_api"),
        # Says that it is new, and lacks the endpoints API: pyngrok alone waits for ever.
        ({"version": "3.31.0", "api": False}, "agent_api"),
    ],
    ids=str,
)
def test_every_failure_is_named_in_time(
    house: House, watch: Begin, plan: dict[str, Any], code: str
) -> None:
    house.plan(**plan)
    problem = failed(house, watch, house.ngrok(), code)

    number = code.removeprefix("ERR_NGROK_")
    link = f"https://ngrok.com/docs/errors/err_ngrok_{number}" if number.isdigit() else None
    assert problem.link == link


def test_no_token_at_all_says_where_to_get_one(house: House, watch: Begin) -> None:
    problem = failed(house, watch, house.ngrok(auth_token=None), "ERR_NGROK_4018")

    assert "https://dashboard.ngrok.com/get-started/your-authtoken" in problem.cure


@pytest.mark.parametrize(
    "plan",
    [{"scenario": "late_api", "seconds": 0.4}, {"scenario": "slow", "seconds": 0.2}],
    ids=str,
)
def test_what_is_only_late_comes_online(house: House, watch: Begin, plan: dict[str, Any]) -> None:
    house.plan(**plan)
    one = watch(house.ngrok(), pace=PATIENT)

    assert one.wait_for(TunnelState.ONLINE).public_url
    assert one.codes == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version: 3\nagent:\n  web_addr: false\n", "agent_config"),
        ("version: 2\nlog_format: json\n", "agent_config"),
        ("agent: [\n", "agent_config"),
        ("- a list\n", "agent_config"),
    ],
)
def test_a_configuration_that_cannot_work_is_shown_and_nothing_started(
    house: House, watch: Begin, text: str, code: str
) -> None:
    config = house.home / ".config" / "ngrok" / "ngrok.yml"
    config.parent.mkdir(parents=True)
    config.write_text(text)
    one = watch(house.ngrok(), pace=PATIENT)
    problem = one.wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == code
    assert str(config) in problem.sentence
    assert TunnelState.STARTING not in one.states


def test_an_agent_that_is_not_there_is_not_downloaded(house: House, watch: Begin) -> None:
    settings = house.ngrok(ngrok_path=house.root / "nowhere" / "ngrok")
    problem = failed(house, watch, settings, "agent_missing")

    assert "METERBASE_NGROK_PATH" in problem.sentence
    assert not (house.root / "nowhere").exists()


def test_no_agent_anywhere(house: House, watch: Begin) -> None:
    house.environ["PATH"] = str(house.root)
    settings = TunnelSettings(house.state_dir, ProviderName.NGROK, auth_token=TOKEN)
    problem = failed(house, watch, settings, "agent_missing")

    assert "https://ngrok.com/download" in problem.cure


@pytest.mark.parametrize(
    ("content", "mode"),
    [(b"\x7fELF not really", 0o755), (b"#!/bin/sh\necho hello\n", 0o755), (b"x", 0o644)],
    ids=["no program", "another program", "not executable"],
)
def test_a_file_that_is_no_agent(house: House, watch: Begin, content: bytes, mode: int) -> None:
    path: Path = house.root / "ngrok"
    path.write_bytes(content)
    path.chmod(mode)
    problem = failed(house, watch, house.ngrok(ngrok_path=path), "agent_unusable")

    assert "ngrok" in problem.sentence


def test_a_directory_that_cannot_be_written(house: House, watch: Begin) -> None:
    house.state_dir.write_text("a file in its place")
    problem = failed(house, watch, house.ngrok(), "state_dir")

    assert str(house.state_dir) in problem.sentence


def test_a_domain_that_is_none(house: House, watch: Begin) -> None:
    failed(house, watch, house.ngrok(domain="not a domain"), "bad_domain")


def test_what_may_pass_is_tried_again_by_itself(house: House, watch: Begin) -> None:
    house.plan(scenario="offline")
    agent = house.agent()
    one = watch(
        house.ngrok(ngrok_path=agent), pace=Pace(version=30, start=1.5, retries=(0.2,), tick=0.05)
    )
    one.wait_for(TunnelState.FAILED)
    # The network is back: the same agent connects now.
    online = "import os; os.environ['NGROK_STAND_IN'] = '{}'; ngrok_agent.main()"
    agent.write_text(agent.read_text().replace("ngrok_agent.main()", online))

    one.wait_for(TunnelState.ONLINE)
    assert one.states.count(TunnelState.FAILED) >= 1


def test_what_does_not_pass_is_not_tried_again(house: House, watch: Begin) -> None:
    house.plan(token="another")
    one = watch(house.ngrok(), pace=Pace(version=30, start=60, retries=(0.0,), tick=0.05))
    one.wait_for(TunnelState.FAILED)
    said = len(one.said)
    # Long enough for several attempts, had there been any.
    assert not wait_for_more(one, said)


def wait_for_more(one: Watch, said: int) -> bool:
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        if len(one.said) > said:
            return True
        time.sleep(0.05)
    return False
