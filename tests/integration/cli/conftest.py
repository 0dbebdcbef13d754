"""The real command in a process of its own, and a real store for it to read."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.cli import main
from receiver.background.processor import Processor
from receiver.judging.signing import Secrets
from store.database import Database
from store.reader import Reader
from store.reading.events import list_events
from store.records import EventState
from tests.stand_ins.arrivals import judged
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from store.records import Arrival

REPOSITORY = Path(__file__).parents[3]
SECRET = "whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"
DEADLINE_S = 60.0
_PATIENT = """
from meterbase_tui.__main__ import run
from meterbase_tui.cli import following
following.PATIENCE_S = 30.0
run()
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as one JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """Runs the command with a home, a working directory and an environment of its own."""

    home: Path

    @property
    def cwd(self) -> Path:
        return self.home / "work"

    @property
    def data(self) -> Path:
        return self.home / "data" / "meterbase-tui"

    def environ(self, variables: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "PYTHONPATH": str(REPOSITORY),
            "PROPEXO_WEBHOOK_SECRET": SECRET,
            "METERBASE_TUNNEL": "none",
            "TZ": "UTC",
        } | variables

    def argv(self, *arguments: object) -> list[str]:
        return [sys.executable, "-m", "meterbase_tui", *map(str, arguments)]

    def __call__(self, *arguments: object, stdin: bytes = b"", **variables: str) -> Outcome:
        ended = subprocess.run(
            self.argv(*arguments),
            input=stdin,
            capture_output=True,
            cwd=self.cwd,
            env=self.environ(variables),
            timeout=DEADLINE_S,
            check=False,
        )
        return Outcome(ended.returncode, ended.stdout.decode(), ended.stderr.decode())

    def patient_argv(self, *arguments: object) -> list[str]:
        """The command, which waits for what a delivery lacks however slow the machine is."""
        return [sys.executable, "-c", _PATIENT, *map(str, arguments)]

    @contextmanager
    def started(self, *arguments: object, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        """The command, running; killed at the end if it still does."""
        process = subprocess.Popen(
            self.patient_argv(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.cwd,
            env=self.environ(variables),
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    (tmp_path / "work").mkdir()
    return Cli(tmp_path)


@pytest.fixture
def inside(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """The same without a process of its own, where that makes no difference but time."""

    def run(*arguments: object, **variables: str) -> Outcome:
        environ = cli.environ(variables)
        monkeypatch.chdir(cli.cwd)
        for name in set(os.environ) - {"PYTEST_CURRENT_TEST"}:
            monkeypatch.delenv(name)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code = main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


def _arrival(body: bytes, index: int, *, signed: bool, path: str) -> Arrival:
    return judged(
        body,
        Secrets(SECRET.encode()),
        datetime(2026, 3, 25, 12, tzinfo=UTC) + timedelta(hours=index),
        signature="" if signed else None,
        headers=((b"Host", b"name.ngrok-free.app"), (b"X-Odd", b"caf\xe9\x1b[2J")),
        path=path,
    )


def _event(event: str, hour: int, **fields: Any) -> bytes:
    stamp = f"2026-03-25T{hour:02}:00:00Z"
    return json.dumps({"event": event, "timestamp": stamp} | fields).encode()


def _unit(event: str, hour: int, connection: str = "conn_abc123", **data: Any) -> bytes:
    unit = {"id": "unit_xyz789", "property_id": "prop_001", "unit_number": "305"} | data
    return _event(event, hour, connection_id=connection, resource_type="unit", data=unit)


#: The deliveries of the store, from the oldest: their bodies, and whether they are signed.
BODIES: tuple[tuple[bytes, bool], ...] = (
    (_event("test.ping", 10, data={}), True),
    (_unit("data.new", 11, status="vacant", sqft=950), True),
    (_unit("data.update", 12, status="occupied", sqft=950), True),
    (_unit("data.new", 11, status="vacant", sqft=950), True),
    (b'{"forged":"\xff\x1b]0;owned\x07"}', False),
    (_unit("data.new", 13, "conn_unknown", id="unit_far"), True),
    (_unit("data.new", 14, id="unit_[bold]\x1b[31m\u202e", unit_number="\u6771\x9b"), True),
)


def fill(path: Path) -> None:
    """Writes a store as a receiver would have: delivered, processed and closed."""
    database = Database(path)
    try:
        for index, (body, signed) in enumerate(BODIES):
            arrival = _arrival(body, index, signed=signed, path="/api/webhooks/propexo")
            receipt = asyncio.run(database.append(arrival, 30))
            database.note_answer(receipt.delivery_id, 1.5)
        processor = Processor(database)
        try:
            _wait_until_processed(path)
        finally:
            processor.close()
    finally:
        database.close()


def _wait_until_processed(path: Path) -> None:
    reader = Reader(path)
    open_states = (EventState.PENDING, EventState.PROCESSING)

    def is_done() -> bool:
        with reader.connect() as connection:
            events = list_events(connection, limit=0)
        return len(events) == 5 and not any(event.state in open_states for event in events)

    wait_until(is_done, "the events are processed")
    reader.close()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled store, to be read only."""
    path = tmp_path_factory.mktemp("store") / "meterbase.db"
    fill(path)
    return path


@dataclass
class Listening:
    """A `listen --json` that runs, and the lines that it has printed so far."""

    process: subprocess.Popen[bytes]
    db: Path
    lines: list[dict[str, Any]] = field(default_factory=list)
    _new: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._new:
                self.lines.append(json.loads(line))
                self._new.notify_all()

    def wait_for(self, **fields: Any) -> dict[str, Any]:
        """The first line with these fields; an assertion when none has come in time."""

        def found() -> dict[str, Any] | None:
            for line in self.lines:
                if all(line.get(name, ...) == value for name, value in fields.items()):
                    return line
            return None

        with self._new:
            assert self._new.wait_for(lambda: found() is not None, DEADLINE_S), self.lines
            line = found()
        assert line is not None
        return line

    @property
    def url(self) -> str:
        """Where deliveries are posted to."""
        return str(self.wait_for(type="ready")["url"])


@contextmanager
def _listening(cli: Cli, *arguments: object, **variables: str) -> Iterator[Listening]:
    """A receiver without a screen, ready; it is stopped at the end."""
    db = cli.home / "listen.db"
    given = ("listen", "--json", "--port", "0", "--db", db, *arguments)
    with cli.started(*given, **variables) as process:
        running = Listening(process, db)
        running.wait_for(type="ready")
        yield running
        if process.poll() is None:
            process.terminate()
            process.wait(DEADLINE_S)


@pytest.fixture
def listening(cli: Cli) -> Callable[..., AbstractContextManager[Listening]]:
    """Starts a receiver of the test's own."""
    return partial(_listening, cli)


@pytest.fixture(scope="session")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    """One receiver for all tests that only send to it."""
    home = tmp_path_factory.mktemp("receiver")
    (home / "work").mkdir()
    with _listening(Cli(home)) as running:
        yield running
