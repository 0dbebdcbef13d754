"""Tasks of the screen's event loop whose worst mistakes are told of.

Textual hears of every `Exception` in a handler. What is none, as some libraries raise to get past
such handlers, ends the widget's own task in silence: its keys and its drawing stop for good. So
does a `CancelledError` that nobody asked for, which Textual takes for the end of the widget.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.worker import Worker, WorkerState

if TYPE_CHECKING:
    from collections.abc import Generator

_EXPECTED = (
    Exception,  # Textual's business
    # The loop ends by these.
    KeyboardInterrupt,
    SystemExit,
)
_FROM_OUTSIDE = (asyncio.CancelledError, GeneratorExit)
"""What a task is ended by; a mistake where nobody asked it to end."""


class SilentEndError(Exception):
    """A part of the screen has ended, and nobody had asked it to; `str()` says which."""


def _end_of_pump(pump: MessagePump) -> BaseException | None:
    return None if pump._closing or pump._closed else _unasked(pump)


def _end_of_timer(timer: Timer) -> BaseException | None:
    # One that is to tick a number of times ends by itself, and so does one without its widget.
    endless = timer._repeat is None and timer._target() is not None
    return _unasked(timer) if endless else None


def _end_of_worker(worker: Worker[Any]) -> BaseException | None:
    unasked = worker.state is WorkerState.CANCELLED and not worker.is_cancelled
    return worker.error if unasked else None


def _unasked(part: object) -> SilentEndError:
    return SilentEndError(f"{part!r} has ended, as if it had been cancelled.")


_ENDS: dict[Any, Callable[[Any], BaseException | None]] = {
    MessagePump._process_messages.__code__: _end_of_pump,
    Timer._run_timer.__code__: _end_of_timer,
    Worker._run.__code__: _end_of_worker,
}
"""By what Textual runs as tasks: the mistake by which one ended that Textual took for an end."""


class _Guarded(Coroutine[Any, Any, Any]):
    """A coroutine by another that tells of what ends it.

    It hands everything on itself: a coroutine around one that is cancelled before it began would
    leave that one without an end.
    """

    def __init__(
        self, work: Coroutine[Any, Any, Any], tell: Callable[[BaseException], None]
    ) -> None:
        self._work = work
        self._tell = tell
        self._find_end = _ENDS.get(getattr(work, "cr_code", None))
        self._part = inspect.getcoroutinelocals(work)["self"] if self._find_end else None

    def send(self, value: Any) -> Any:
        try:
            return self._step(self._work.send, value)
        except StopIteration:
            if self._find_end and not _is_asked_to_end():
                self._tell_if(self._find_end(self._part))
            self._part = None
            raise
        except _FROM_OUTSIDE as error:
            if _is_asked_to_end():
                raise
            self._tell(error)
            raise StopIteration from None

    def _tell_if(self, error: BaseException | None) -> None:
        if error is not None:
            self._tell(error)

    def throw(self, *error: Any) -> Any:
        return self._step(self._work.throw, *error)

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()

    def _step(self, step: Callable[..., Any], *values: Any) -> Any:
        try:
            return step(*values)
        except (*_EXPECTED, *_FROM_OUTSIDE):
            raise
        except BaseException as error:  # noqa: BLE001 - it is what this is for
            self._tell(error)
            raise StopIteration from None


def _is_asked_to_end() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def guard_tasks(loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]) -> None:
    """Has `tell` called for each task of a loop, of those to come, that ends by such a mistake."""

    def make(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(_Guarded(work, tell), loop=loop, **options)

    loop.set_task_factory(make)
