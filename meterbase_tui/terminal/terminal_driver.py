"""Textual's driver for terminals that go away without a signal.

A window that is killed, or a connection that breaks, sends SIGHUP only to the session whose
controlling terminal it is. Without the signal, Textual 8.2.8 reads the end of the input again and
again on a whole core, its writing thread dies of the first error, and the program waits for ever to
hand over more output: a receiver that nobody sees keeps the store and the port.
"""

from __future__ import annotations

import select
from typing import IO, TYPE_CHECKING, Any, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from asyncio import TimerHandle
    from collections.abc import Callable

TEXTUALS_OWN = LinuxDriver
"""The driver in whose place `TerminalDriver` stands."""
_LOOK_EVERY_S = 1.0
_GONE = select.POLLHUP | select.POLLERR


class TerminalDriver(LinuxDriver):
    """Ends the program in order when its terminal is gone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._file = cast("Any", TerminalFile(cast("IO[str]", self._file), self._end_soon))
        self._watch = select.poll()
        # No event is asked for: what is told without asking is that the other end is closed.
        self._watch.register(self.fileno, 0)
        self._next_look: TimerHandle | None = None

    def start_application_mode(self) -> None:
        """Takes the terminal, and looks from then on whether it is still there."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._next_look = self._loop.call_later(_LOOK_EVERY_S, self._look)

    def stop_application_mode(self) -> None:
        """Gives the terminal back, for good or for as long as an editor has it."""
        if self._next_look is not None:
            self._next_look.cancel()
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Reads keys until the end; that there is nobody to press any is no mistake of ours."""
        try:
            super().run_input_thread()
        except OSError:
            self._end_soon()

    def _look(self) -> None:
        if any(events & _GONE for _, events in self._watch.poll(0)):
            self._app.exit()
            self._app.exit()
            return
        self._next_look = self._loop.call_later(_LOOK_EVERY_S, self._look)

    def _end_soon(self) -> None:
        # From the threads that read and write.
        self._loop.call_soon_threadsafe(self._app.exit)


class TerminalFile:
    """A terminal's output; once it cannot be written, what comes is dropped, and nothing fails."""

    def __init__(self, file: IO[str], on_gone: Callable[[], object]) -> None:
        """Wraps a file.

        Args:
            file: the output.
            on_gone: called once, from the writing thread, when a write has failed.
        """
        self._file = file
        self._on_gone = on_gone
        self._is_gone = False

    def write(self, text: str) -> int:
        """Writes a text, or drops it."""
        self._attempt(lambda: self._file.write(text))
        return len(text)

    def flush(self) -> None:
        """Writes what is waiting, or drops it."""
        self._attempt(self._file.flush)

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()

    def _attempt(self, write: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            write()
        except OSError:
            self._is_gone = True
            self._on_gone()
