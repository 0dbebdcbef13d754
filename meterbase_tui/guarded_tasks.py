"""Tasks of the screen's event loop whose worst mistakes are told of.

Textual hears of every `Exception` in a handler. What is none, as some libraries raise to get past
such handlers, ends the widget's own task in silence: its keys and its drawing stop for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_EXPECTED = (
    Exception,  # Textual's business
    # The loop ends by these.
    KeyboardInterrupt,
    SystemExit,
)
_FROM_OUTSIDE = (asyncio.CancelledError, GeneratorExit)
"""What a task is ended by; a mistake where nobody asked it to end."""


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

    def send(self, value: Any) -> Any:
        try:
            return self._step(self._work.send, value)
        except _FROM_OUTSIDE as error:
            task = asyncio.current_task()
            if task is None or not task.cancelling():
                self._tell(error)
            raise

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


def guard_tasks(loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]) -> None:
    """Has `tell` called for each task of a loop, of those to come, that ends by such a mistake."""

    def make(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(_Guarded(work, tell), loop=loop, **options)

    loop.set_task_factory(make)
