"""One attempt at a tunnel: what a provider works with."""

from __future__ import annotations

import contextlib
import logging
import queue
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn, Protocol

from receiver.tunnel.child import Child, Event, EventKind
from receiver.tunnel.leftovers import Record, end_leftovers
from receiver.tunnel.status import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from receiver.tunnel.status import (
        Problem,
        ProviderName,
        TunnelSettings,
        TunnelState,
    )

_LOG = logging.getLogger(__name__)


class Interrupted(Exception):  # noqa: N818 - not an error: a stop or a restart was asked for
    """Leave the attempt; what it holds is ended on the way out."""


def utc_now() -> datetime:
    """The time of this computer."""
    return datetime.now(UTC)


def no_report(*_: object, **__: object) -> None:
    """For work outside of a tunnel, which has no status."""


class Report(Protocol):
    """Tells the world a new status."""

    def __call__(
        self,
        state: TunnelState,
        provider: ProviderName,
        *,
        public_url: str | None = None,
        problem: Problem | None = None,
        why_off: str | None = None,
        inspector_url: str | None = None,
    ) -> None:
        """Replaces the status as a whole: what is not given is not there any more."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a tunnel is asked to do, and where."""

    settings: TunnelSettings
    port: int
    """Where the receiver listens, on 127.0.0.1."""
    environ: Mapping[str, str] = field(repr=False)
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], datetime] = utc_now


class Session:
    """What a provider needs, and the promise that it can be interrupted wherever it waits."""

    def __init__(self, assignment: Assignment, report: Report) -> None:
        self.settings = assignment.settings
        self.port = assignment.port
        self.environ = assignment.environ
        self.pace = assignment.pace
        self.clock = assignment.clock
        self.report = report
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._child: Child | None = None

    def interrupt(self) -> None:
        """Makes the provider leave as soon as it waits. From any thread; returns at once."""
        self._inbox.put(Event(EventKind.INTERRUPT))

    def kill(self) -> None:
        """Ends the running program by force. From any thread; returns at once."""
        child = self._child
        if child is not None:
            child.kill()

    @contextlib.contextmanager
    def child(
        self,
        provider: ProviderName,
        request: Mapping[str, Any],
        environ: Mapping[str, str],
        on_noise: Callable[[str], None],
    ) -> Iterator[Child]:
        """A program, recorded while it runs and certainly ended on leaving.

        Raises:
            OSError: no process could be started.
        """
        ended = end_leftovers(self.settings.state_dir)
        if ended:
            _LOG.info("Ended what an earlier run had left behind: %s", ended)
        record = Record(self.settings.state_dir, provider)
        child = self._child = Child(request, environ, self._inbox, on_noise)
        self._record = record
        try:
            record.add(child.pid)
            yield child
        finally:
            child.end()
            self._child = None
            record.remove()

    def hear(self, child: Child, until: float) -> Event | None:
        """The next event of a child, or None when it is `until` (monotonic seconds).

        Raises:
            Interrupted: a stop or a restart was asked for.
        """
        while True:
            event = self._next(until)
            if event is None or event.child == child.number:
                if event is not None and event.kind is EventKind.PROCESS:
                    self._record.add(int(event["pid"]))
                return event

    def pause(self, seconds: float) -> None:
        """Waits.

        Raises:
            Interrupted: a stop or a restart was asked for.
        """
        until = time.monotonic() + seconds
        while self._next(until) is not None:
            pass

    def rest(self) -> NoReturn:
        """Waits until interrupted, and raises that."""
        while True:
            self.pause(3600.0)

    def _next(self, until: float) -> Event | None:
        try:
            event = self._inbox.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None
        if event.kind is EventKind.INTERRUPT:
            raise Interrupted
        return event
