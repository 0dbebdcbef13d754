"""The queue outlives the program, whatever ends it, and a person decides about much of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from store.forwarding.forwards import list_forwards
from tests.conftest import SECRET, Wire, wait_until
from tests.integration.forwarding.conftest import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.conftest import Bench
    from tests.stand_ins.application import Application, Received

    Open = Callable[..., AbstractContextManager[Bench]]


def states(bench: Bench) -> list[str]:
    return [each.state.value for each in bench.read(list_forwards, limit=0)[::-1]]


def post(bench: Bench, *numbers: int, **more: Any) -> None:
    for number in numbers:
        assert bench.post(numbered(number, **more)).status == 200


def run(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "meterbase_tui", *arguments, "--db", str(store)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"XDG_CONFIG_HOME": str(store.parent)},
    )


def test_a_target_that_is_new_gets_nothing_of_before(
    application: Application, open_bench: Open
) -> None:
    with open_bench() as bench:
        post(bench, 1, 2)
        bench.settle()
    with open_bench(forward_to=application.url) as bench:
        post(bench, 3)
        wait_until(lambda: application.numbers == [3])


def test_what_came_while_nobody_forwarded_is_sent_the_next_time(
    application: Application, open_bench: Open
) -> None:
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1)
        wait_until(lambda: states(bench) == ["delivered"])
    with open_bench() as bench:
        post(bench, 2, 3)
    with open_bench(forward_to=application.url) as bench:
        wait_until(lambda: states(bench) == ["delivered"] * 3)
        assert application.numbers == [1, 2, 3]


def test_a_large_backlog_is_held_until_somebody_decides(
    application: Application, open_bench: Open
) -> None:
    application.hang_up()
    settings = {"forward_to": application.url, "max_backlog": 2}
    with open_bench(**settings) as bench:
        post(bench, 1, 2, 3)
        wait_until(lambda: bench.service.targets[0].waiting == 3)
    application.listen()
    with open_bench(**settings) as bench:
        wait_until(lambda: bench.service.targets[0].held == 3)
        # What is newer of the same connection must not overtake it; others are free.
        post(bench, 4)
        post(bench, 5, connection="conn_other")
        wait_until(lambda: application.numbers == [5])
        wait_until(lambda: states(bench) == ["held"] * 3 + ["waiting", "delivered"])

        done = run(bench.settings.db, "forwards", "release")
        assert (done.returncode, done.stdout) == (0, "3 will be sent\n")
        wait_until(lambda: application.numbers == [5, 1, 2, 3, 4])
        wait_until(lambda: bench.service.targets[0].held == 0)


def test_a_backlog_can_be_given_up(application: Application, open_bench: Open) -> None:
    settings = {"forward_to": application.url, "max_backlog": 0}
    with open_bench(**settings):
        pass
    with open_bench() as bench:
        post(bench, 1, 2)
    with open_bench(**settings) as bench:
        wait_until(lambda: bench.service.targets[0].held == 2)
        assert run(bench.settings.db, "forwards", "drop").stdout == "2 given up\n"
        post(bench, 3)
        wait_until(lambda: states(bench) == ["dropped", "dropped", "delivered"])
        assert application.numbers == [3]


def test_what_failed_is_passed_on_anew(application: Application, open_bench: Open) -> None:
    application.answer(400)
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1, 2)
        wait_until(lambda: states(bench) == ["failed", "failed"])
        application.answer(200)
        done = run(bench.settings.db, "replay", "--failed-forwards")
        assert (done.returncode, done.stdout) == (0, "2 will be sent\n")
        wait_until(lambda: states(bench) == ["delivered", "delivered"])
        assert application.numbers == [1, 2, 1, 2]
        wait_until(lambda: bench.service.targets[0].failed == 0)


def test_a_stop_waits_for_the_answer_that_is_on_its_way(
    application: Application, open_bench: Open
) -> None:
    async def behave(_: Received) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        return web.Response()

    application.behave = behave
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1)
        wait_until(lambda: len(application.log) == 1)
    with open_bench(forward_to=application.url) as bench:
        post(bench, 2)
        wait_until(lambda: states(bench) == ["delivered", "delivered"])
        assert application.numbers == [1, 2]


def test_the_listing_and_the_answers(application: Application, open_bench: Open) -> None:
    application.answer(422, X_Why="because")
    with open_bench(forward_to=application.url) as bench:
        post(bench, 1)
        wait_until(lambda: states(bench) == ["failed"])
        store = bench.settings.db
        (line,) = run(store, "forwards", "--json").stdout.splitlines()
        told = json.loads(line)
        assert (told["delivery_id"], told["target"], told["state"], told["status"]) == (
            1, application.url, "failed", 422
        )  # fmt: skip
        assert run(store, "forwards", "--state", "delivered", "--json").stdout == ""
        assert "it answered 422" in run(store, "forwards").stdout
        shown = json.loads(run(store, "show", "delivery", "1", "--json").stdout)
        (answer,) = shown["forwards"][0]["answers"]
        assert (answer["status"], answer["body"]) == (422, "status 422")
        assert ["X-Why", "because"] in answer["headers"]
        assert "status 422" in run(store, "show", "delivery", "1").stdout


@contextmanager
def listening(store: Path, application: Application) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The command in a process of its own; its port."""
    command = [sys.executable, "-m", "meterbase_tui", "listen", "--json", "--no-tunnel"]
    command += ["--port", "0", "--db", str(store), "--forward-to", application.url]
    environ = os.environ | {
        "PROPEXO_WEBHOOK_SECRET": SECRET.decode(),
        "XDG_CONFIG_HOME": str(store.parent),
    }
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        yield process, int(ready["url"].partition("127.0.0.1:")[2].partition("/")[0])
    finally:
        process.kill()
        process.communicate()


def send(port: int, number: int) -> None:
    from receiver.judging.signing import sign  # noqa: PLC0415

    body = numbered(number, connection=f"conn_{number % 3}")
    head = f"POST /api/webhooks/propexo HTTP/1.1\r\nHost: t\r\nContent-Length: {len(body)}\r\n"
    head += f"X-Propexo-Signature: {sign(SECRET, body)}\r\n\r\n"
    with Wire("127.0.0.1", port) as wire:
        wire.send(head.encode() + body)
        reply = wire.receive()
        assert reply is not None
        assert reply.status == 200


def _kill_in_mid_queue(tmp_path: Path, application: Application, rounds: int) -> None:
    async def behave(_: Received) -> web.StreamResponse:
        await asyncio.sleep(0.003)
        return web.Response()

    application.behave = behave
    store, sent = tmp_path / "store.db", 0
    for _ in range(rounds):
        with listening(store, application) as (process, port):
            for number in range(sent, sent + 40):
                send(port, number)
            sent += 40
            enough = sent - 25
            wait_until(lambda enough=enough: len(application.log) > enough)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait()
    with listening(store, application):
        wait_until(lambda: set(application.numbers) == set(range(sent)))
        time.sleep(0.3)
    # At least once; again only what was under way or not yet written down when it was killed.
    repeated = len(application.numbers) - sent
    assert repeated <= 15 * rounds
    assert all(application.authentic)
    for lane in range(3):
        order = [n for n in application.numbers if n is not None and n % 3 == lane]
        first_seen = list(dict.fromkeys(order))
        assert first_seen == sorted(first_seen)


def test_kill_9_in_mid_queue_loses_nothing_and_keeps_the_order(
    tmp_path: Path, application: Application
) -> None:
    _kill_in_mid_queue(tmp_path, application, rounds=2)


@pytest.mark.slow
def test_kill_9_in_mid_queue_many_times(tmp_path: Path, application: Application) -> None:
    _kill_in_mid_queue(tmp_path, application, rounds=12)


def test_listen_tells_of_the_target(tmp_path: Path, application: Application) -> None:
    with listening(tmp_path / "store.db", application) as (process, port):
        send(port, 1)
        assert process.stdout is not None
        told = map(json.loads, process.stdout)
        forward = next(line for line in told if line["type"] == "forward")
        assert (forward["target"], forward["state"]) == (application.url, "up")
