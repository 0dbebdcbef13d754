"""`listen`: the receiver without a screen."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from meterbase_tui import collector
from meterbase_tui.cli.console import ReaderGoneError
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.following import Cursor, Follower, cursor_before, is_answered, read_cursor
from meterbase_tui.cli.listen_lines import HumanLines, JsonLines
from meterbase_tui.cli.options import EVERYTHING, json_option, setting_options
from meterbase_tui.cli.receiving import open_receiver
from meterbase_tui.cli.stopping import Stop, StoppedError, stop_on_signals
from meterbase_tui.wording.delivery_rows import is_settled
from receiver.forwarding.health import TargetHealth
from store.errors import StoreUnavailableError
from store.reader import Reader

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.runtime import Runtime
    from receiver.tunnel import TunnelStatus

_LOOK_EVERY_S, _LOOK_AT_LEAST_EVERY_S = 0.05, 0.25
"""The second while nothing is committed: what else there is to say has time."""
_AT_ONCE, _AT_ONCE_IN_BURST = 500, 10
"""Lines that a look prints: while it does, no other thread has the interpreter."""
_REST, _REST_AT_WORK = 1.0, 30.0
"""How long to rest after a look, at least, as a multiple of what it took: printing gives way to
receiving and processing, and catches up afterwards."""
_LOOK_EVERY_S_AT_WORK, _LOOK_EVERY_S_IN_BURST = 0.01, 1.0
"""In a burst a look takes 2 ms, for which somebody waits: nobody can read that fast anyway."""
_LAST_LINES_S = 1.0
"""How long the last lines may take at the end, when perhaps nobody reads any more."""


@click.command()
@setting_options(EVERYTHING)
@json_option
@click.pass_obj
def listen(session: Session, /, *, as_json: bool) -> None:
    """Receive without a screen, one line a delivery.

    With --json: a line of type "ready" first, then lines of type "delivery", "outcome" (an event
    has been processed), "tunnel" and "forward" (the state of a forward target). Ends on SIGINT,
    SIGTERM and SIGHUP with exit code 0; nothing that was acknowledged is lost.
    """
    lines = JsonLines(session.console) if as_json else HumanLines(session.console)
    settings = session.load()
    cursor = cursor_before(settings.db)
    changes: SimpleQueue[TunnelStatus | TargetHealth] = SimpleQueue()
    with stop_on_signals() as stop:
        with open_receiver(settings, changes.put, changes.put, session.load) as runtime:
            reader = Reader(settings.db)
            cursor = cursor or read_cursor(reader)
            ready = is_answered if as_json else is_settled
            follower = Follower(reader, cursor, ready, wanted=lines.unfinished)
            listening = _Listening(session.console, lines, follower, changes, stop)
            session.warn(runtime.settings)
            if runtime.journal and runtime.journal.problem:
                session.console.say(f"Warning: {runtime.journal.problem}")
            listening.run(runtime, empty=cursor == Cursor())
        listening.finish()
        reader.close()


def _require_life(runtime: Runtime) -> None:
    """Whoever started the command can start it again; Propexo sends again what got a 503.

    Raises:
        CommandError: nothing is received, or nothing can be kept any more.
    """
    if runtime.service.alive and runtime.database.alive:
        return
    what = "store's writer" if runtime.service.alive else "receiver"
    log = f" See the log {runtime.journal.path}." if runtime.journal else ""
    raise CommandError(f"The {what} has ended by a mistake of ours.{log}", Exit.UNEXPECTED)


class _Listening:
    """Prints what happens until a signal comes, or nobody reads what is printed."""

    def __init__(
        self,
        console: Console,
        lines: JsonLines | HumanLines,
        follower: Follower,
        changes: SimpleQueue[TunnelStatus | TargetHealth],
        stop: Stop,
    ) -> None:
        self._console = console
        self._lines = lines
        self._follower = follower
        self._changes = changes
        self._stop = stop
        self._problem: str | None = None
        self._read = True
        self._pauses = collector.Pauses()
        self._committed = threading.Event()
        self._prepared = False

    def run(self, runtime: Runtime, *, empty: bool) -> None:
        """Prints until it is time to stop.

        Args:
            runtime: the receiver.
            empty: whether nothing ever came into its store.

        Raises:
            CommandError: the receiver died.
        """
        try:
            with self._stop.interruptible():
                self._lines.ready(runtime, empty=empty)
                self._console.flush()
            collector.end_start()
            runtime.database.on_commit(self._committed.set)
            while not self._stop.asked:
                self._committed.clear()
                burst = runtime.database.burst
                started = time.monotonic()
                self._print(most=_AT_ONCE_IN_BURST if burst else _AT_ONCE)
                took = time.monotonic() - started
                _require_life(runtime)
                calm = runtime.database.lull and runtime.service.idle
                if calm and not self._prepared:
                    self._prepare()
                time.sleep(_pause_after(took, burst=burst, calm=calm))
                if not self._follower.waits:
                    self._committed.wait(_LOOK_AT_LEAST_EVERY_S)
        except (ReaderGoneError, StoppedError):
            self._read = False
            self._console.abandon()

    def finish(self) -> None:
        """Prints what the receiver answered while it closed."""
        if not self._read:
            return
        try:
            with self._stop.bounded(_LAST_LINES_S):
                self._print(most=None)
        except (ReaderGoneError, StoppedError):
            self._console.abandon()

    def _prepare(self) -> None:
        self._prepared = True
        with suppress(StoreUnavailableError):  # the next look says so
            self._follower.prepare()

    def _print(self, *, most: int | None) -> None:
        """Prints what is new; without a limit for the last time."""
        try:
            records = self._follower.poll(final=most is None, most=most)
        except StoreUnavailableError as error:
            if str(error) != self._problem:
                self._problem = str(error)
                self._console.say(self._problem)
            return
        self._problem = None
        with self._stop.interruptible():
            while not self._changes.empty():
                self._tell(self._changes.get())
            for record in records:
                self._lines.record(record)
            self._console.flush()
        self._pauses.note(busy=bool(records))

    def _tell(self, change: TunnelStatus | TargetHealth) -> None:
        if isinstance(change, TargetHealth):
            self._lines.target(change)
        else:
            self._lines.tunnel(change)


def _pause_after(took_s: float, *, burst: bool, calm: bool) -> float:
    if calm:
        return max(_LOOK_EVERY_S, _REST * took_s)
    least = _LOOK_EVERY_S_IN_BURST if burst else _LOOK_EVERY_S_AT_WORK
    return max(least, _REST_AT_WORK * took_s)
