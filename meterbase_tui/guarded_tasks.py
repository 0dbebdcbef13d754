"""Tasks of the screen's event loop whose worst mistakes are told of.

Textual hears of every `Exception` in a handler. What is none, as some libraries raise to get past
such handlers, ends the widget's own task in silence: its keys and its drawing stop for good.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_EXPECTED = (
    Exception,  # Textual's business
    asyncio.CancelledError,
    GeneratorExit,
    # The loop ends by these.
    KeyboardInterrupt,
    SystemExit,
)


def guard_tasks(loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]) -> None:
    """Has `tell` called for each task of a loop, of those to come, that ends by such a mistake."""

    async def guard(work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        except _EXPECTED:
            raise
        except BaseException as error:  # noqa: BLE001 - it is what this is for
            tell(error)
            return None

    def make(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(guard(work), loop=loop, **options)

    loop.set_task_factory(make)
