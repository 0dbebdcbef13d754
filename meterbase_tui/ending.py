"""How the screen ends: by a person, by a signal, or by a mistake, which is told in a sentence."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App
from textual.worker import WorkerFailed

from meterbase_tui.guarded_tasks import guard_tasks
from meterbase_tui.terminal.signals import ENDING

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)


class EndingApp(App[None]):
    """An application that leaves the terminal clean however it ends, and knows what ended it.

    Args:
        log_file: the program's own log, where a mistake stands with its traceback; None without.
    """

    def __init__(self, log_file: Path | None) -> None:
        super().__init__()
        self._log_file = log_file
        self._ended = False
        """Whether a mistake has ended it."""
        self.ended_by_signal = False

    def end_cleanly(self) -> None:
        """From now on signals and mistakes in tasks end it as a person does. On its loop."""
        loop = asyncio.get_running_loop()
        guard_tasks(loop, self._handle_mistake)
        for number in ENDING:
            # Not every loop and platform has signal handlers.
            with suppress(NotImplementedError, ValueError, RuntimeError):
                loop.add_signal_handler(number, self._end_by_signal)

    @property
    def was_asked_to_end(self) -> bool:
        """Whether a person, a signal or a mistake that was told ended it."""
        return self._exit or self._ended

    def _end_by_signal(self) -> None:
        self.ended_by_signal = True
        self.exit()

    def _handle_mistake(self, error: BaseException) -> None:
        """Ends the screen by an error that Textual does not catch, since it is no `Exception`."""
        if self._exit:
            return
        self._return_code = 1
        self._exception = self._exception or error  # type: ignore[assignment] # it is only told
        self._fatal_error()

    def _handle_exception(self, error: Exception) -> None:
        """Ends the screen, unless a person has quit already: then the mistake goes to the log only.

        Who quits while a screen is being built makes such mistakes: Textual goes on building while
        it takes parts away, and code that looks for one does not find it. Nothing is lost by that.
        """
        if self._exit and not self._ended:
            _log.warning("A part of the screen failed while it closed", exc_info=error)
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Says a sentence, once, in place of Textual's traceback.

        The traceback shows variables, and payloads are among them. A timer may fail again before
        the screen has closed: only the first mistake is told.
        """
        if self._ended:
            return
        self._ended = True
        error: BaseException | None = self._exception
        if isinstance(error, WorkerFailed):
            # A WorkerFailed does not say where; the error in it does.
            error = error.error
        _log.critical("The screen ended by a mistake of ours", exc_info=error)
        self.panic(Text(_say_mistake(self._log_file)))


def _say_mistake(log_file: Path | None) -> str:
    return (
        "meterbase-tui: The screen ended by a mistake of ours. Nothing that was acknowledged is "
        "lost: start the program again. "
        + (f"What happened stands in the log: {log_file}. Please report it." if log_file else "")
    )
