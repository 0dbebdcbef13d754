"""`listen`: the receiver in a process of its own, from its first line to its end."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from receiver.judging.signing import sign
from store.database import Database
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Any
    Listening = Any
    Start = Callable[..., Any]
    Inside = Callable[..., Any]

SECRET = b"whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"
DEADLINE_S = 60
F_SETPIPE_SZ = 1031


def _post(url: str, body: bytes, **headers: str) -> tuple[int, Any]:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=DEADLINE_S)
    try:
        connection.request("POST", f"/{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _ping(number: int) -> bytes:
    return b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{"n":%d}}' % number


def _signed(body: bytes) -> dict[str, str]:
    return {"X-Propexo-Signature": sign(SECRET, body)}


def test_the_first_line_says_that_the_port_is_open(listening: Start) -> None:
    with listening() as receiver:
        ready = receiver.wait_for(type="ready")
        assert receiver.lines[0] is ready
        assert set(ready) == {"type", "url", "public_url", "db", "pid"}
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/webhooks/propexo", ready["url"])
        assert ready["public_url"] is None
        assert ready["db"] == str(receiver.db)
        assert ready["pid"] == receiver.process.pid
        status, answer = _post(ready["url"], _ping(1), **_signed(_ping(1)))
        assert (status, answer["delivery_id"]) == (200, 1)


def test_each_delivery_and_then_its_outcome_is_one_line(listening: Start) -> None:
    with listening() as receiver:
        for number in range(20):
            _post(receiver.url, _ping(number), **_signed(_ping(number)))
        _post(receiver.url, _ping(0), **_signed(_ping(0)))
        _post(receiver.url, _ping(0), **{"X-Propexo-Signature": "test_signature"})
        receiver.wait_for(type="delivery", id=22)
        receiver.wait_for(type="outcome", id=20)
    deliveries = [line for line in receiver.lines if line["type"] == "delivery"]
    outcomes = [line for line in receiver.lines if line["type"] == "outcome"]
    assert [line["id"] for line in deliveries] == list(range(1, 23))
    assert [line["id"] for line in outcomes] == list(range(1, 21))
    for outcome in outcomes:
        first = next(line for line in deliveries if line["id"] == outcome["id"])
        assert receiver.lines.index(first) < receiver.lines.index(outcome)
        assert outcome["outcome"] == "acknowledged"
    assert all(line["ack_ms"] > 0 for line in deliveries)
    assert (deliveries[20]["duplicate"], deliveries[20]["event_id"]) == (True, 1)
    forged = deliveries[21]
    assert (forged["status"], forged["verdict"]) == (401, "invalid")
    assert forged["diagnosis"] == "placeholder"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_within_seconds(
    listening: Start, cli: Cli, number: signal.Signals, inside: Inside
) -> None:
    with listening() as receiver:
        _post(receiver.url, _ping(1), **_signed(_ping(1)))
        with Stopwatch() as took:
            receiver.process.send_signal(number)
            assert receiver.process.wait(DEADLINE_S) == 0
        assert took.seconds < 10
        assert receiver.process.stderr.read() == b""
        # What was acknowledged is printed all the same, and stored.
        receiver.wait_for(type="delivery", id=1)
    assert [d["id"] for d in inside("deliveries", "--db", receiver.db, "--json").lines] == [1]
    # The store is free for the next one.
    Database(receiver.db).close()


def test_a_signal_ends_it_though_nobody_reads_what_it_prints(cli: Cli, inside: Inside) -> None:
    given = ("listen", "--json", "--port", "0", "--db", cli.home / "a.db")
    with cli.started(*given) as process:
        fcntl.fcntl(process.stdout, F_SETPIPE_SZ, 4096)
        url = json.loads(process.stdout.readline())["url"]
        for number in range(40):
            assert _post(url, _ping(number), **_signed(_ping(number)))[0] == 200
        _wait_until_blocked(process.pid)
        # It prints no more, but it receives.
        assert _post(url, _ping(99), **_signed(_ping(99)))[0] == 200
        with Stopwatch() as took:
            process.terminate()
            assert process.wait(DEADLINE_S) == 0
        assert took.seconds < 10
        assert process.stderr.read() == b""
    assert len(inside("deliveries", "--db", cli.home / "a.db", "--json").lines) == 41


def _wait_until_blocked(pid: int) -> None:
    wait_until(lambda: "pipe_write" in _wait_channel(pid), "it waits for its reader")


def _wait_channel(pid: int) -> str:
    with open(f"/proc/{pid}/wchan", encoding="ascii") as file:  # noqa: PTH123
        return file.read()


def test_a_reader_that_goes_away_ends_it(cli: Cli) -> None:
    given = ("listen", "--json", "--port", "0", "--db", cli.home / "a.db")
    with cli.started(*given) as process:
        url = json.loads(process.stdout.readline())["url"]
        process.stdout.close()
        _post(url, _ping(1), **_signed(_ping(1)))
        assert process.wait(DEADLINE_S) == 0
        assert process.stderr.read() == b""


def test_nohup_is_respected(cli: Cli) -> None:
    given = ("listen", "--json", "--port", "0", "--db", str(cli.home / "a.db"))
    process = subprocess.Popen(
        ["nohup", *cli.argv(*given)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cli.cwd,
        env=cli.environ({}),
    )
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        os.kill(process.pid, signal.SIGHUP)
        assert _post(url, _ping(1), **_signed(_ping(1)))[0] == 200
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 0


def test_people_get_one_line_a_delivery_and_the_rest_on_standard_error(cli: Cli) -> None:
    given = ("listen", "--port", "0", "--db", cli.home / "a.db")
    with cli.started(*given) as process:
        url = process.stderr.readline().decode().removeprefix("Listening on ").strip()
        said = process.stderr.readline()
        unit = {
            "event": "data.new",
            "timestamp": "2026-03-25T14:30:00Z",
            "connection_id": "conn_abc123",
            "resource_type": "unit",
            "data": {"id": "unit_\x1b[31m", "property_id": "prop_001"},
        }
        body = json.dumps(unit).encode()
        _post(url, body, **_signed(body))
        _post(url, b"{}")
        first = process.stdout.readline().decode()
        second = process.stdout.readline().decode()
        process.terminate()
        rest, _ = process.communicate(timeout=DEADLINE_S)
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  data\.new unit unit_\\x1b\[31m +✓ valid +200 +[\d.]+ ms  ✓ created\n",
        first,
    )
    assert re.match(r"\d\d:\d\d:\d\d  POST /api/webhooks/propexo +✗ missing +401 ", second)
    assert rest == b""
    assert b"Keeping everything in" in said
    assert process.returncode == 0


def _said(cli: Cli) -> str:
    """What `listen` says on standard error until it has printed a first delivery."""
    with cli.started("listen", "--port", "0", "--db", cli.home / "a.db") as process:
        first = process.stderr.readline()
        url = first.decode().removeprefix("Listening on ").strip()
        _post(url, b"{}")
        process.stdout.readline()
        process.terminate()
        # Not by `communicate`, which passes over what a line before was read together with.
        said: str = (first + process.stderr.read()).decode()
        process.wait(DEADLINE_S)
    return said


def test_an_empty_store_is_welcomed_with_the_secret_and_a_first_step(cli: Cli, store: Path) -> None:
    said = _said(cli)
    assert "The signing secret comes from PROPEXO_WEBHOOK_SECRET\n" in said
    assert "from another terminal: meterbase-tui send test_ping\n" in said
    assert SECRET.decode() not in said
    shutil.copy(store, cli.home / "a.db")
    assert "The signing secret" not in _said(cli)


def test_a_backlog_is_told_when_it_is_processed(listening: Start, cli: Cli, tmp_path: Path) -> None:
    db = cli.home / "listen.db"
    with listening() as receiver:
        _post(receiver.url, _ping(1), **_signed(_ping(1)))
        receiver.wait_for(type="outcome", id=1)
    # As an earlier run left it that was killed between acknowledging and processing.
    database = Database(db)
    database.write(
        lambda connection: connection.exec_driver_sql(
            "UPDATE events SET state = 'pending', outcome = NULL, finish = NULL"
        )
    ).result()
    database.close()
    with listening() as receiver:
        receiver.wait_for(type="outcome", id=1)
        assert not any(line["type"] == "delivery" for line in receiver.lines)


def test_a_second_receiver_of_the_store_is_exit_6(cli: Cli, receiver: Listening) -> None:
    ended = cli("listen", "--port", "0", "--db", receiver.db)
    assert (ended.code, ended.out) == (6, "")
    assert f"process {receiver.process.pid}" in ended.err


def test_a_port_in_use_is_exit_6_and_another_mistake_in_it_is_2(
    cli: Cli, receiver: Listening
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    ended = cli("listen", "--json", "--port", port)
    assert (ended.code, ended.out) == (6, "")
    assert f"Port {port}" in ended.err
    assert ended.err.count("\n") == 1
    elsewhere = cli("listen", "--host", "192.0.2.1", "--port", "0")
    assert elsewhere.code == 2
    assert "192.0.2.1 cannot be opened: this computer has no such address." in elsewhere.err
    assert "--host" in elsewhere.err
    assert "--port" not in elsewhere.err


def test_a_tunnel_is_told_on_every_change(listening: Start) -> None:
    with listening("--tunnel", "url", "--public-url", "https://hooks.example.com") as found:
        line = found.wait_for(type="tunnel", state="online")
        assert set(line) >= {"type", "state", "public_url", "problem"}
        assert line["public_url"] == "https://hooks.example.com/api/webhooks/propexo"
        assert line["problem"] is None
    with listening("--tunnel", "command", "--tunnel-command", "/nowhere/x {port}") as found:
        line = found.wait_for(type="tunnel", state="failed")
        assert line["public_url"] is None
        assert set(line["problem"]) >= {"code", "sentence"}


def test_a_new_store_knows_the_sample_connection_unless_it_is_not_wanted(
    listening: Start, cli: Cli
) -> None:
    with listening("--no-sample-connection") as receiver:
        assert cli("connections", "--db", receiver.db, "--json").lines == []
