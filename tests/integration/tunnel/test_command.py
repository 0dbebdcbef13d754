from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from receiver.tunnel import Pace, ProviderName, TunnelState, webhook_url
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.tunnel_house import STAND_INS, House, Upstream, Watch, post
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    Begin = Callable[..., Watch]

ONLINE, RECONNECTING, FAILED = TunnelState.ONLINE, TunnelState.RECONNECTING, TunnelState.FAILED
PROGRAM = shlex.join([sys.executable, "-IS", str(STAND_INS / "tunnel_command.py")])
ONCE = Pace(start=0.5, retries=(60.0,))
PATIENT = Pace(start=20.0, retries=(60.0,))  # where the machine was too slow for that


def test_a_request_to_the_printed_address_arrives(
    house: House, watch: Begin, upstream: Upstream
) -> None:
    # The stand-in prints the local address itself, so the port has to have been replaced.
    online = watch(house.command(f"{PROGRAM} {{port}}")).wait_for(ONLINE)

    assert online.public_url == f"https://127.0.0.1:{upstream.port}"
    # Nobody terminates TLS here.
    url = (webhook_url(online) or "").replace("https", "http")
    assert post(url, b"a body") == (200, b"ok")
    assert upstream.got == [("/api/webhooks/propexo", b"a body")]
    assert online.provider is ProviderName.COMMAND
    assert online.inspector_url is None


def install_as(house: House, name: str) -> None:
    """Makes the stand-in the program of that name on PATH, ignoring its arguments."""
    path = house.root / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\nexec {PROGRAM} 0 --greeting\n")
    path.chmod(0o755)
    house.environ["PATH"] = f"{path.parent}:{house.environ['PATH']}"


def test_the_address_is_found_in_cloudflareds_greeting_and_its_breaks_are_seen(
    house: House, watch: Begin
) -> None:
    script = house.root / "script"
    script.write_text("")
    house.environ["TUNNEL_SCRIPT"] = str(script)
    install_as(house, "cloudflared")
    one = watch(house.command("cloudflared"))

    assert one.wait_for(ONLINE).public_url == "https://made-up-words-here.trycloudflare.com"
    script.write_text("2026-11-23T10:05:00Z INF Retrying connection in up to 2s connIndex=0\n")
    lost = one.wait_for(RECONNECTING)
    assert lost.public_url == "https://made-up-words-here.trycloudflare.com"
    assert one.codes == ["command_lost"]
    with script.open("a") as file:
        file.write("2026-11-23T10:05:02Z INF Registered tunnel connection connIndex=0\n")
    one.wait_for(ONLINE)


def test_a_program_that_ends_is_started_again(house: House, watch: Begin) -> None:
    one = watch(house.command(f"{PROGRAM} {{port}} --die-after 0.2"))
    one.wait_for(ONLINE)
    lost = one.wait_for(RECONNECTING)
    wait_until(lambda: one.states.count(ONLINE) >= 2)

    assert lost.public_url is None
    assert lost.problem is not None
    assert lost.problem.code == "command_ended"
    assert "exit code 7" in lost.problem.sentence
    assert "the service went away" in lost.problem.sentence
    assert "\x1b" not in lost.problem.sentence


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        pytest.param("sleep 60", "command_silent", "", marks=pytest.mark.slow),
        ("sh -c 'echo see https://a.example/docs; sleep 60'", "command_silent", "see https"),
        (f"{PROGRAM} 0 --fail 'Permission denied (publickey).'", "command_failed", "publickey"),
        (f"{PROGRAM} 0 --fail 'ssh: Could not resolve hostname x'", "command_offline", "resolve"),
        ("no-such-program-anywhere {port}", "command_not_found", "no-such-program-anywhere"),
        ("true", "command_failed", "exit code 0"),
        ("'unclosed", "bad_command", ""),
        ("   ", "command_missing", ""),
        (None, "command_missing", ""),
    ],
)
def test_every_failure_is_named_in_time(
    house: House, watch: Begin, command: str | None, code: str, words: str
) -> None:
    for pace in (ONCE, PATIENT):
        with Stopwatch() as took:
            problem = watch(house.command(command), pace=pace).wait_for(FAILED).problem
        assert took.seconds < pace.start + 2
        assert problem is not None
        wait_until(lambda: not house.processes.pids())
        if problem.code == code:
            break
    assert problem is not None
    assert problem.code == code
    assert words in problem.sentence


def test_a_program_that_floods_is_followed_and_ended(house: House, watch: Begin) -> None:
    one = watch(house.command("sh -c 'echo https://flood.example; yes a line of chatter'"))
    one.wait_for(ONLINE)
    journal = house.state_dir / "tunnel-command.log"
    wait_until(lambda: journal.exists() and journal.stat().st_size > 10_000)
    with Stopwatch() as took:
        one.tunnel.stop()

    assert took.seconds < 2.5
    assert journal.stat().st_size <= 256 * 1024


def test_it_inherits_no_terminal_and_no_secret_of_the_webhooks(house: House, watch: Begin) -> None:
    house.environ["PROPEXO_WEBHOOK_SECRET"] = "not-for-a-tunnel"
    watch(house.command("sh -c 'echo https://a.example; exec sleep 60'")).wait_for(ONLINE)

    (program,) = house.processes.pids("sleep 60")
    assert b"not-for-a-tunnel" not in Path(f"/proc/{program}/environ").read_bytes()
    terminal = Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()[4]
    assert terminal == "0"
