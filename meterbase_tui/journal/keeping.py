"""Keeps the log while the program runs: from everywhere, through a queue, to the file."""

from __future__ import annotations

import errno
import logging
import sys
import threading
from contextlib import contextmanager
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from meterbase_tui.journal.entries import write_entry
from meterbase_tui.journal.file import LogFile
from meterbase_tui.journal.redaction import Concealer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from meterbase_tui.settings import Settings

_OURS = ("meterbase_tui", "receiver", "sample_payloads", "store")
"""Of other packages only warnings and errors are kept: their narration may quote anything."""
_MOST_WAITING = 2_000
"""Lines that wait for the disk; more are counted and dropped."""
_NOWHERE = logging.NullHandler()
_log = logging.getLogger(__name__)


class Journal:
    """The log that is being kept."""

    def __init__(self, file: LogFile, concealer: Concealer) -> None:
        self._file = file
        self._concealer = concealer

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    @property
    def problem(self) -> str | None:
        """Why it cannot be written, as a sentence."""
        return self._file.problem

    def conceal(self, settings: Settings) -> None:
        """What is secret in these settings does not reach the log from now on."""
        self._concealer.add(settings)


class _Lines(logging.Formatter):
    def __init__(self, concealer: Concealer) -> None:
        super().__init__()
        self._concealer = concealer

    def format(self, record: logging.LogRecord) -> str:
        return write_entry(record, self._concealer)


class _Intake(QueueHandler):
    """Takes records from any thread or loop, and waits for nobody."""

    queue: SimpleQueue[Any]

    def __init__(self, queue: SimpleQueue[Any]) -> None:
        super().__init__(queue)
        self._lost = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """The arguments may change after this; the rest is formatted where nobody waits."""
        # A copy: other handlers see the record as it was.
        copied = logging.makeLogRecord(record.__dict__)
        copied.msg, copied.args = record.getMessage(), None
        return copied

    def enqueue(self, record: logging.LogRecord) -> None:
        """Passes a record on, unless far too many wait already."""
        if self.queue.qsize() >= _MOST_WAITING:
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            self.queue.put(_record("%d lines of the log were lost: too many at a time", lost))
        self.queue.put(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A call whose arguments do not fit its message is no reason to print onto the screen."""
        del record


@contextmanager
def keep_journal(settings: Settings) -> Iterator[Journal | None]:
    """Sends what the whole program logs to the file of the settings while the block lasts.

    Also what no handler caught on a thread. Without a file in the settings nothing is kept.
    """
    if settings.log_file is None:
        yield None
        return
    file, concealer = _prepare(settings, settings.log_file)
    file.try_open()
    lines: SimpleQueue[Any] = SimpleQueue()
    intake, listener = _Intake(lines), QueueListener(lines, file)
    listener.start()
    with _listening(intake, settings.log_level), _catching():
        try:
            yield Journal(file, concealer)
        finally:
            listener.stop()
            file.close()


def _prepare(settings: Settings, path: Path) -> tuple[LogFile, Concealer]:
    concealer = Concealer()
    concealer.add(settings)
    file = LogFile(path)
    file.setFormatter(_Lines(concealer))
    return file, concealer


@contextmanager
def _listening(intake: logging.Handler, level: str) -> Iterator[None]:
    root = logging.getLogger()
    # Stays when the log is closed: without any handler, Python prints warnings on the terminal.
    root.addHandler(_NOWHERE)
    ours = [logging.getLogger(name) for name in _OURS]
    before = [logger.level for logger in ours]
    for logger in ours:
        logger.setLevel(level.upper())
    root.addHandler(intake)
    try:
        yield
    finally:
        root.removeHandler(intake)
        for logger, number in zip(ours, before, strict=True):
            logger.setLevel(number)


@contextmanager
def _catching() -> Iterator[None]:
    """Logs what ends a thread, which Python prints instead: onto the screen, with its values."""
    thread_hook, unraisable_hook = threading.excepthook, sys.unraisablehook

    def on_thread(args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        name = args.thread.name if args.thread else "?"
        if isinstance(error, OSError) and error.errno == errno.EIO:
            # The window was closed: whoever draws on it finds out so.
            _log.info("The thread %s ended: the terminal is gone", name)
        else:
            _log.critical("The thread %s ended by a mistake of ours", name, exc_info=error)
        if thread_hook is not threading.__excepthook__:
            thread_hook(args)

    def on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
        _log.error("An error could not be passed on", exc_info=unraisable.exc_value)
        if unraisable_hook is not sys.__unraisablehook__:
            unraisable_hook(unraisable)

    threading.excepthook, sys.unraisablehook = on_thread, on_unraisable
    try:
        yield
    finally:
        threading.excepthook, sys.unraisablehook = thread_hook, unraisable_hook


def note_mistake(settings: Settings, what: str, error: BaseException) -> Path | None:
    """Writes an error that ended the program to the log, at once.

    Returns:
        Where it stands; None when it could not be written.
    """
    if settings.log_file is None:
        return None
    file, _ = _prepare(settings, settings.log_file)
    file.handle(_record("%s", what, error=error))
    problem = file.problem
    file.close()
    return None if problem else settings.log_file


def _record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    level = logging.WARNING if error is None else logging.CRITICAL
    return _log.makeRecord(_log.name, level, __file__, 0, message, args, exc_info)
