"""Fixtures that every test may use: a receiver of its own on a free port, and ways to reach it.

`bench` is a running receiver with a new store. `open_bench` opens one (again), for tests that
restart or want other settings. Opening and closing one takes about 25 ms, so each test has its own.
"""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeAlias, TypeVar

import hypothesis
import pytest

from meterbase_tui.runtime import Runtime, open_runtime
from meterbase_tui.settings import Settings
from receiver.judging.signing import SIGNATURE_HEADER, sign
from receiver.tunnel import ProviderName
from store.processing.reopening import reopen
from store.reader import Reader
from store.reading.deliveries import list_deliveries
from store.reading.events import list_events
from store.reading.filters import Filters
from store.records import Event, EventState
from tests.stand_ins.waiting import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from store.reader import Connection
    from store.records import Delivery

# An example's own time says more of the machine than of the code; bounds are tested by themselves.
hypothesis.settings.register_profile(
    "bench", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("bench")

__all__ = ["wait_until"]  # as most tests know it
SECRET = b"the secret that the tests share"
PATH = "/api/webhooks/propexo"
Body: TypeAlias = bytes | dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    """An HTTP answer as it came."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The parsed body."""
        return json.loads(self.body)


class Wire:
    """A raw connection to the receiver: sends exactly these bytes, reads one answer at a time."""

    def __init__(self, host: str, port: int, seconds: float = PATIENCE_S) -> None:
        self.socket = socket.create_connection((host, port), timeout=seconds)
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Sends what can be sent; the receiver may close early."""
        try:
            self.socket.sendall(data)
        except ConnectionError:
            return

    def end(self) -> None:
        """Sends the end of the stream, and can still read."""
        self.socket.shutdown(socket.SHUT_WR)

    def receive(self, *, to_head: bool = False) -> Reply | None:
        """The next answer; None when the connection was closed without one.

        To a HEAD request it has no body, whatever its Content-Length says.
        """
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return None
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = 0 if to_head else int(headers.get("content-length", 0))
        while len(self._read) < length and self._more():
            pass
        body, self._read = self._read[:length], self._read[length:]
        return Reply(int(first.split(" ")[1]), headers, body)

    def closed(self) -> bool:
        """Whether the receiver closes the connection; waits for it as long as for an answer."""
        while self._more():
            pass
        return True

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65_536)
        except ConnectionResetError:
            return False
        self._read += data
        return bool(data)


class Bench:
    """A running receiver, and what a test does to it and asks of it."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.settings = runtime.settings
        self.secret = runtime.settings.secrets.current
        self.database = runtime.database
        self.service = runtime.service
        self.host, self.port = runtime.service.address.host, runtime.service.address.port
        self.url = runtime.url
        self._reader = Reader(runtime.settings.db)
        self._closed = False

    def dial(self, seconds: float = PATIENCE_S) -> Wire:
        """A raw connection, to be used in a `with`."""
        return Wire(self.host, self.port, seconds)

    def send(self, raw: bytes) -> Reply | None:
        """Sends raw bytes on a connection of its own; the first answer to it, if any."""
        with self.dial() as wire:
            wire.send(raw)
            return wire.receive(to_head=raw.startswith(b"HEAD "))

    def post(
        self,
        body: Body,
        *headers: tuple[str, str],
        signature: str | None = "",
        path: str = PATH,
        method: str = "POST",
    ) -> Reply:
        """Posts a body, signed unless `signature` says otherwise (None: without the header)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode("ascii")
        if signature is not None:
            headers = ((SIGNATURE_HEADER, signature or sign(self.secret, data)), *headers)
        lines = [f"{method} {path} HTTP/1.1", "Host: test", f"Content-Length: {len(data)}"]
        lines += [f"{name}: {value}" for name, value in headers]
        reply = self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data)
        assert reply is not None, "the receiver closed the connection without an answer"
        return reply

    def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a query function of the store finds: `bench.read(list_units)`."""
        # A reader that was closed would open the file again, and nobody would close that.
        assert not self._closed, "read the store before the receiver's block ends"
        with self._reader.connect() as connection:
            return query(connection, *args, **kwargs)

    def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Runs a function of the store in a transaction of the writer."""
        done = self.database.write(lambda connection: work(connection, *args, **kwargs))
        return done.result(PATIENCE_S)

    def deliveries(self) -> list[Delivery]:
        """All of the log, oldest first."""
        return self.read(list_deliveries, limit=0)[::-1]

    def events(self) -> list[Event]:
        """All events, oldest first."""
        return self.read(list_events, limit=0)[::-1]

    def settle(self, seconds: float = PATIENCE_S) -> list[Event]:
        """Waits until nothing is left to process; all events then, oldest first."""
        wait_until(lambda: not self._unfinished(), "every event was processed", seconds)
        return self.events()

    def deliver(self, body: Body, *headers: tuple[str, str]) -> Event:
        """Posts a signed body, and gives its event when it has been processed."""
        reply = self.post(body, *headers)
        assert reply.status == 200, (reply.status, reply.body)
        event_id = reply.json["event_id"]
        return next(event for event in self.settle() if event.id == event_id)

    def reprocess(self, event_id: int, *, force: bool = False) -> Event:
        """Puts an event back into the queue, and gives it when it has been processed again."""
        assert self.write(reopen, event_id, force=force)
        self.service.wake_processor()
        return next(event for event in self.settle() if event.id == event_id)

    def close(self) -> None:
        self._closed = True
        self._reader.close()

    def _unfinished(self) -> list[Event]:
        return [
            event
            for state in (EventState.PENDING, EventState.PROCESSING)
            for event in self.read(list_events, Filters(state=state), limit=1)
        ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A new store in a folder of its own, any free port, no tunnel."""
    return Settings(db=tmp_path / "store.db", port=0, secret=SECRET, tunnel=ProviderName.NONE)


@pytest.fixture
def open_bench(settings: Settings) -> Callable[..., AbstractContextManager[Bench]]:
    """Opens a receiver on the test's store: `with open_bench(max_body=10) as bench`."""

    @contextmanager
    def opened(**changed: Any) -> Iterator[Bench]:
        with open_runtime(replace(settings, **changed)) as runtime:
            bench = Bench(runtime)
            try:
                yield bench
            finally:
                bench.close()

    return opened


@pytest.fixture
def bench(open_bench: Callable[..., AbstractContextManager[Bench]]) -> Iterator[Bench]:
    """A running receiver with a new store."""
    with open_bench() as opened:
        yield opened
