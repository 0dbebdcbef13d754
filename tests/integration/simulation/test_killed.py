"""The receiver is killed while Propexo delivers: nothing is lost, doubled or out of order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from receiver.control import request
from store.errors import StoreError
from store.reader import Reader
from store.reading.deliveries import list_deliveries, newest_id
from store.reading.events import events_finished_after
from store.records import EventState, Outcome
from tests.conftest import wait_until
from tests.stand_ins.ports import find_port

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPOSITORY = Path(__file__).parents[3]
_CONNECTIONS = ("conn_one", "conn_two", "conn_three")
_SECONDS = 60.0
_SCENARIO = 'title = "Killed in the middle"\nspeed = 120\n' + "".join(
    f'[[buildings]]\nconnection = "{each}"\nproperty = "prop_a"\nunits = 40\noccupied = 20\n'
    for each in _CONNECTIONS
) + "".join(
    f'[[steps]]\nchange = "{change}"\nconnection = "{each}"\n{more}'
    for change, more in (
        ("import", ""),
        ("correct_unit", "units = 30\nset = { sqft = 1111 }\n"),
        ("give_notice", "units = 10\n"),
        ("move_out", "units = 10\n"),
        ("move_in", "units = 20\n"),
        ("correct_unit", "units = 30\nset = { sqft = 999 }\n"),
    )
    for each in _CONNECTIONS
) + "[expect]\ngiven_up = 0\n[expect.events]\nfailed = 0\nignored = 0\n"  # fmt: skip


@dataclass
class House:
    """A receiver in a process of its own that is started as often as it is killed."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0
    seen: list[int] = field(default_factory=list)
    """The newest delivery whenever the receiver was killed."""

    @property
    def db(self) -> Path:
        return self.folder / "store.db"

    def run(self, *arguments: object, **streams: Any) -> subprocess.Popen[bytes]:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(_REPOSITORY),
            "PROPEXO_WEBHOOK_SECRET": "whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b",
            "METERBASE_TUNNEL": "none",
            "METERBASE_PORT": str(self.port),
            "METERBASE_DB": str(self.db),
        }
        argv = [sys.executable, "-m", "meterbase_tui", *map(str, arguments)]
        return subprocess.Popen(argv, cwd=self.folder, env=environ, **streams)

    def start(self) -> None:
        self.process = self.run(
            "listen", "--json", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers, "the receiver listens", _SECONDS)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.seen.append(self.newest())

    def newest(self) -> int:
        try:
            reader = Reader(self.db)
        except StoreError:
            return 0
        try:
            with reader.connect() as connection:
                return newest_id(connection)
        finally:
            reader.close()

    def has(self, deliveries: int) -> bool:
        return self.newest() >= deliveries

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = House(tmp_path, find_port())
    try:
        yield opened
    finally:
        if opened.process is not None and opened.process.poll() is None:
            opened.process.terminate()
            opened.process.wait()


def _play(house: House, scenario: str, kills: int, every: int) -> dict[str, Any]:
    """Plays a scenario, and kills the receiver whenever so many more deliveries are stored."""
    (house.folder / "killed.toml").write_text(scenario)
    house.start()
    sending = house.run(
        "simulate", "./killed.toml", "--register", "--json",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        for count in range(1, kills + 1):
            # The first wait covers the start of the command.
            wait_until(partial(house.has, count * every), "so many were delivered", _SECONDS)
            house.kill()
            house.start()
        out, err = sending.communicate(timeout=_SECONDS)
    finally:
        if sending.poll() is None:
            sending.kill()
            sending.communicate()
    assert sending.returncode == 0, (out.decode()[-3000:], err.decode()[-2000:])
    report: dict[str, Any] = json.loads(out)
    return report


def _check(house: House, report: dict[str, Any]) -> None:
    reader = Reader(house.db)
    with reader.connect() as connection:
        deliveries = list_deliveries(connection, limit=0)[::-1]
        _, finished = events_finished_after(connection, 0, limit=100_000)
    reader.close()
    firsts = [each for each in deliveries if not each.duplicate]
    # The sender's account and the store agree.
    assert report["ok"]
    assert report["delivered"] == report["webhooks"] == len(firsts)
    assert report["given_up"] == report["waiting"] == 0
    answered = report["answers"]["200"]
    assert set(report["answers"]) == {"200", "none"}
    assert answered <= len(deliveries) <= answered + report["answers"]["none"]
    assert report["retried"] >= 1
    # Every event was processed once, in the order in which it happened.
    assert [each.state for each in finished] == [EventState.PROCESSED] * len(firsts)
    assert all(each.outcome in (Outcome.CREATED, Outcome.UPDATED) for each in finished)
    order = defaultdict(list)
    for event in finished:
        order[event.connection_id].append((event.id, event.timestamp))
    assert set(order) == set(_CONNECTIONS)
    for events in order.values():
        assert events == sorted(events)
        stamps = [stamp for _, stamp in events]
        assert stamps == sorted(stamps)
    # It really was killed in the middle.
    assert 0 < house.seen[0] <= house.seen[-1] < len(deliveries)


def test_killed_and_started_again_in_the_middle(house: House) -> None:
    _check(house, _play(house, _SCENARIO, kills=2, every=120))


@pytest.mark.slow
def test_killed_again_and_again(house: House) -> None:
    _check(house, _play(house, _SCENARIO.replace("= 120\n", "= 600\n", 1), kills=12, every=45))


def test_registering_happens_once_and_is_said(house: House) -> None:
    house.start()
    (house.folder / "killed.toml").write_text(_SCENARIO)
    refused = house.run("simulate", "./killed.toml", stdout=-1, stderr=-1)
    out, err = refused.communicate(timeout=_SECONDS)
    assert (refused.returncode, out) == (2, b"")
    assert b"prop_a of conn_one" in err
    assert b"--register" in err
    assert house.newest() == 0
    assert request(house.db, "unregister_connection", {"connection_id": "conn_one"}) is False
