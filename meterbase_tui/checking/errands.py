"""Work that may hang for as long as it likes, and is waited for only so long."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class Errand(Generic[_T]):
    """Runs a function on a thread of its own from construction.

    Name servers and network drives answer when they want. A thread that is given up ends by itself,
    and never keeps the program from ending.
    """

    def __init__(self, work: Callable[[], _T]) -> None:
        self._result: Future[_T] = Future()
        threading.Thread(target=self._run, args=(work,), name="errand", daemon=True).start()

    def wait(self, seconds: float, otherwise: _T) -> _T:
        """The result, or `otherwise` if it has not come within `seconds`; raises what it raised."""
        try:
            return self._result.result(max(0.0, seconds))
        except TimeoutError:
            return otherwise

    def _run(self, work: Callable[[], _T]) -> None:
        try:
            self._result.set_result(work())
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            self._result.set_exception(error)
