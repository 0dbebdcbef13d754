"""The whole application on a running receiver, driven as a person drives it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.receiving.links import OwnReceiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot


class Display:
    """What is on the terminal, and the keyboard."""

    def __init__(self, app: MeterbaseApp, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    @property
    def lines(self) -> list[str]:
        """The text of every line of the terminal."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """All of the lines."""
        return "\n".join(self.lines)

    async def press(self, *keys: str) -> None:
        """Presses keys, one after the other."""
        await self._pilot.press(*keys)

    async def until(
        self, condition: Callable[[], Any], what: str, seconds: float = 20.0, pause: float = 0.02
    ) -> None:
        """Waits for something to be true; fails with what the terminal shows instead.

        It looks again after each pause in seconds; with 0, after every turn of the loop.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s\n{self.text}"
            await asyncio.sleep(pause)

    async def shows(self, *words: str) -> str:
        """Waits until a line has all of the words; gives the line."""

        def found() -> list[str]:
            return [line for line in self.lines if all(word in line for word in words)]

        await self.until(found, f"a line with {words}")
        return found()[0]

    async def tells(self, words: str) -> None:
        """Waits until a message has the words."""

        def found() -> bool:
            return any(words in told.message for told in self.app._notifications)

        await self.until(found, f"a message with {words!r}")


@pytest.fixture
def open_display(bench: Any) -> Any:
    """Opens the application on the test's receiver: `async with open_display(80, 24) as d`."""
    return partial(_open, bench)


@pytest.fixture
def open_display_on() -> Any:
    """Opens it on a receiver of the test's own: `async with open_display_on(bench) as d`."""
    return _open


@asynccontextmanager
async def _open(bench: Any, width: int = 160, height: int = 45) -> AsyncIterator[Display]:
    reading = Reading(bench.settings.db)
    desk = Desk(OwnReceiver(bench.runtime), reading)
    app = MeterbaseApp(desk)
    try:
        async with app.run_test(size=(width, height), notifications=True) as pilot:
            yield Display(app, pilot)
    finally:
        desk.close()
        reading.close()
