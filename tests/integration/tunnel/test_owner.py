"""What remains when the whole program ends, in whatever way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import TunnelState
from tests.stand_ins.tunnel_house import STAND_INS, TOKEN, House, Upstream, Watch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Begin = Callable[..., Watch]


class Owner:
    """Another process that has a tunnel open."""

    def __init__(self, house: House, port: int, **plan: Any) -> None:
        self.screen = house.root / "stderr"
        plan = {"state_dir": str(house.state_dir), "provider": "ngrok", "port": port} | plan
        with self.screen.open("wb") as screen:
            self.process = subprocess.Popen(
                [sys.executable, str(STAND_INS / "tunnel_owner.py"), json.dumps(plan)],
                env=house.environ | {"NGROK_AUTHTOKEN": TOKEN},
                stdout=subprocess.PIPE,
                stderr=screen,
                text=True,
            )

    def wait_for(self, state: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said: dict[str, Any] = json.loads(line)
            if said["state"] == state:
                return said
        raise AssertionError(f"it ended without having been {state}")

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(30)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def own(house: House, upstream: Upstream) -> Iterator[Callable[..., Owner]]:
    owners: list[Owner] = []

    def begin(**plan: Any) -> Owner:
        agent = {"agent": str(house.agent())} if "command" not in plan else {}
        owners.append(Owner(house, upstream.port, **agent, **plan))
        return owners[-1]

    yield begin
    for owner in owners:
        owner.close()
    # A record outlives its killed owner until the next start.
    for path in house.state_dir.glob("running-*"):
        path.unlink()


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        signal.SIGHUP,
        signal.SIGKILL,
        pytest.param(signal.SIGINT, marks=pytest.mark.slow),
        pytest.param(signal.SIGSEGV, marks=pytest.mark.slow),
    ],
)
def test_nothing_is_left_however_the_program_ends(
    house: House, own: Callable[..., Owner], number: signal.Signals
) -> None:
    owner = own()
    owner.wait_for("online")
    assert house.processes.pids("start --none")
    owner.end(number)

    wait_until(lambda: not house.processes.pids())


@pytest.mark.parametrize(
    "scenario",
    [
        "stubborn",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("silent", "mute_version")),
    ],
)
def test_nothing_is_left_of_an_agent_that_does_not_cooperate(
    house: House, own: Callable[..., Owner], scenario: str
) -> None:
    house.plan(scenario=scenario)
    owner = own()
    owner.wait_for("online" if scenario == "stubborn" else "preparing")
    wait_until(lambda: bool(house.processes.pids(str(house.root / "bin"))))
    owner.end(signal.SIGKILL)

    wait_until(lambda: not house.processes.pids())


def test_nothing_is_left_of_a_command(house: House, own: Callable[..., Owner]) -> None:
    owner = own(provider="command", command="sh -c 'echo https://a.example; sleep 600'")
    owner.wait_for("online")
    assert house.processes.pids("sleep 600")
    owner.end(signal.SIGKILL)

    wait_until(lambda: not house.processes.pids())


def orphan(house: House, owner: Owner) -> int:
    """Kills the owner and its minder in a way that leaves the agent alone in the world."""
    owner.wait_for("online")
    (minder,) = house.processes.pids("minder.py")
    (agent,) = house.processes.pids("start --none")
    # Stopped, it cannot react to the end of its parent; but it does not stop at once.
    os.kill(minder, signal.SIGSTOP)
    stat = Path(f"/proc/{minder}/stat")
    wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T")
    owner.end(signal.SIGKILL)
    os.kill(minder, signal.SIGKILL)
    wait_until(lambda: minder not in house.processes.pids())
    return agent


def test_a_leftover_is_ended_at_the_next_start(
    house: House, own: Callable[..., Owner], watch: Begin
) -> None:
    agent = orphan(house, own())
    assert agent in house.processes.pids()
    assert list(house.state_dir.glob("running-*"))
    one = watch(house.ngrok())
    one.wait_for(TunnelState.ONLINE)

    assert agent not in house.processes.pids()
    assert len(list(house.state_dir.glob("running-*"))) == 1


def test_a_process_that_only_got_the_pid_of_a_leftover_is_not_touched(
    house: House, own: Callable[..., Owner], watch: Begin
) -> None:
    agent = orphan(house, own())
    os.kill(agent, signal.SIGKILL)
    (record,) = house.state_dir.glob("running-*")
    innocent = subprocess.Popen(["sleep", "600"])
    try:
        # As if the numbers had come round.
        text = record.read_text()
        record.write_text(text.replace(f'"{agent}"', f'"{innocent.pid}"'))
        watch(house.ngrok()).wait_for(TunnelState.ONLINE)
        assert innocent.poll() is None
        assert not record.exists()
    finally:
        innocent.kill()
        innocent.wait()


@pytest.mark.slow
def test_the_agent_of_another_program_that_lives_is_not_touched(
    house: House, own: Callable[..., Owner], watch: Begin
) -> None:
    other = own()
    other.wait_for("online")
    (agent,) = house.processes.pids("start --none")
    watch(house.ngrok()).wait_for(TunnelState.ONLINE)

    assert agent in house.processes.pids()


def test_what_the_agent_writes_to_stderr_never_reaches_the_screen(
    house: House, own: Callable[..., Owner]
) -> None:
    house.plan(scenario="noisy")
    owner = own()
    owner.wait_for("online")
    journal = house.state_dir / "ngrok-agent.log"
    wait_until(lambda: "noise of the agent" in journal.read_text())
    owner.end(signal.SIGTERM)

    assert owner.screen.read_bytes() == b""
    assert "\x1b" not in journal.read_text()


def test_importing_the_tunnel_does_not_import_pyngrok() -> None:
    code = "import sys, receiver.tunnel; print([m for m in sys.modules if 'ngrok' in m])"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pyngrok" not in answer.stdout
    assert "'yaml'" not in answer.stdout
