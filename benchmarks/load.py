"""The load generator, a process of its own: keep-alive connections that ask again once answered.

`python -m benchmarks.load` reads a job as JSON from stdin and writes an outcome as JSON. It uses
sockets and a selector rather than asyncio: it must not be slower than what it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import Counter, deque
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from benchmarks.answers import AnswerReader, BadAnswerError
from benchmarks.bodies import make_requests
from benchmarks.figures import percentile
from benchmarks.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREPARED, _PREPARED_A_SECOND = 60_000, 50_000
"""Requests made before the clock runs, at most; a longer or faster run makes the others meanwhile,
some 5 µs each."""
_PATIENCE_S = 10.0
"""How long nothing may come while answers are waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to send."""

    port: int
    path: str
    secret: str
    connections: int
    seconds: float
    """How long requests are sent; their answers are waited for."""
    most: int = 10_000_000
    """The number of requests at which it ends even earlier."""
    warm_up: int = 200
    """Requests before those that count."""
    first: int = 0
    """The number of the first body: a store that knows it would take it for a repetition."""
    forged: bool = False
    expect: int = 200
    """The status that every answer must have."""
    rate: float | None = None
    """Requests a second; None for as many as are answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came back. Times are from when a request was due to the last byte of its answer."""

    answers: int
    seconds: float
    rate: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    errors: dict[str, int]
    """What else happened, and how often; nothing when all is well."""

    def figures(self) -> dict[str, float]:
        """What is compared, by name."""
        return {
            "rate": self.rate,
            "p50_ms": self.p50_ms,
            "p99_ms": self.p99_ms,
            "p999_ms": self.p999_ms,
        }


class _Caller:
    """One connection, and since when it waits for an answer."""

    __slots__ = ("due", "reader", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = AnswerReader()
        self.due = 0.0


class Generator:
    """Keeps connections open, and sends over them."""

    def __init__(self, port: int, connections: int, expect: int) -> None:
        """Connects.

        Args:
            port: of the server, on this machine.
            connections: how many.
            expect: the status that every answer must have.

        Raises:
            OSError: nobody listens.
        """
        self._port = port
        self._expect = expect
        self._selector = selectors.DefaultSelector()
        self._idle: deque[_Caller] = deque()
        self._waiting = 0
        self._took: list[float] = []
        self._errors: Counter[str] = Counter()
        for _ in range(connections):
            self._connect()

    def close(self) -> None:
        """Closes every connection."""
        for key in list(self._selector.get_map().values()):
            key.data.socket.close()
        self._selector.close()

    def run(self, requests: Iterator[bytes], seconds: float, rate: float | None) -> Outcome:
        """Sends until the time or the requests are over, and waits for the answers.

        Args:
            requests: what to send.
            seconds: for how long.
            rate: requests a second; None for as fast as they are answered.
        """
        self._took, self._errors = [], Counter()
        started = time.perf_counter()
        pace = Pace(started, seconds, rate)
        while True:
            self._send_due(pace, requests)
            now = time.perf_counter()
            if not self._waiting and pace.over(now):
                break
            longest = pace.until_next(now, _PATIENCE_S) if self._idle else _PATIENCE_S
            if not self._receive(longest) and longest == _PATIENCE_S:
                self._errors["no answer in time"] += self._waiting
                break
        return _sum_up(self._took, time.perf_counter() - started, self._errors)

    def _connect(self) -> None:
        caller = _Caller(self._port)
        self._selector.register(caller.socket, selectors.EVENT_READ, caller)
        self._idle.append(caller)

    def _send_due(self, pace: Pace, requests: Iterator[bytes]) -> None:
        while self._idle and (due := pace.take(time.perf_counter())) is not None:
            request = next(requests, None)
            if request is None:
                pace.stop()
                return
            caller = self._idle.popleft()
            caller.due = due
            self._waiting += 1
            try:
                caller.socket.sendall(request)
            except OSError as error:
                self._replace(caller, type(error).__name__)

    def _receive(self, longest: float) -> bool:
        ready = self._selector.select(longest)
        for key, _ in ready:
            self._read(key.data)
        return bool(ready)

    def _read(self, caller: _Caller) -> None:
        try:
            data = caller.socket.recv(65_536)
            answer = caller.reader.feed(data)
        except OSError as error:
            self._replace(caller, type(error).__name__)
            return
        except BadAnswerError as error:
            self._replace(caller, str(error))
            return
        if answer is None:
            if not data:
                self._replace(caller, "closed without an answer")
            return
        self._took.append(time.perf_counter() - caller.due)
        if answer.status != self._expect:
            self._errors[f"status {answer.status}"] += 1
        if answer.closes:
            self._replace(caller, None)
        else:
            self._waiting -= 1
            self._idle.append(caller)

    def _replace(self, caller: _Caller, error: str | None) -> None:
        """Goes on with a new connection; `error` says what was wrong with the old one, if any."""
        if caller in self._idle:
            # It was closed while nothing was asked of it, as a server may.
            self._idle.remove(caller)
        else:
            self._waiting -= 1
            if error is not None:
                self._errors[error] += 1
        self._selector.unregister(caller.socket)
        caller.socket.close()
        self._connect()


def _sum_up(took: list[float], seconds: float, errors: Counter[str]) -> Outcome:
    ordered = sorted(took) or [float("nan")]
    return Outcome(
        answers=len(took),
        seconds=seconds,
        rate=len(took) / seconds,
        p50_ms=1000 * percentile(ordered, 0.5),
        p99_ms=1000 * percentile(ordered, 0.99),
        p999_ms=1000 * percentile(ordered, 0.999),
        errors=dict(errors),
    )


def perform(job: Job) -> Outcome:
    """Does a job: warms up, then sends what counts.

    Raises:
        OSError: nobody listens, or the server refuses connections.
    """
    made = make_requests(
        f"127.0.0.1:{job.port}", job.path, job.secret.encode(), job.first, forged=job.forged
    )
    warm_up = list(islice(made, job.warm_up))
    requests = islice(made, job.most)
    count = 0 if job.rate else min(_PREPARED, int(_PREPARED_A_SECOND * job.seconds))
    prepared = list(islice(requests, count))
    with closing(Generator(job.port, job.connections, job.expect)) as generator:
        generator.run(iter(warm_up), _PATIENCE_S, None)
        return generator.run(chain(prepared, requests), job.seconds, job.rate)


def main() -> None:
    """Reads a job, does it, and says what came back."""
    outcome = perform(Job(**json.load(sys.stdin)))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
