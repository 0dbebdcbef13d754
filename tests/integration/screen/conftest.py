"""The whole application on a running receiver, driven as a person drives it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.receiving.links import OwnReceiver
from tests.integration.screen.webhooks import post
from tests.stand_ins.patient_pilot import make_patient, rest
from tests.stand_ins.waiting import PATIENCE_S, Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from textual.pilot import Pilot

T = TypeVar("T")


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
        self,
        condition: Callable[[], T],
        what: str,
        seconds: float = PATIENCE_S,
        pause: float = 0.02,
    ) -> T:
        """Waits for something to be true; fails with what the terminal shows instead.

        What has become true is seldom all that came of a key: the focus comes by a message after
        the text. So it waits too until the loop has nothing left to do.

        Args:
            condition: what is waited for.
            what: what that is, in words.
            seconds: how long to wait at most.
            pause: seconds between two looks; with 0 it looks after every turn of the loop, and
                returns at once.

        Returns:
            The first true value of the condition.
        """
        patience = Patience(seconds)
        while not (found := condition()):
            assert patience.lasts, f"{what}: not within {seconds:g} s\n{self.text}"
            await asyncio.sleep(pause)
        if pause:
            await rest()
        return found

    async def shows(self, *words: str) -> str:
        """Waits until a line has all of the words; gives the line."""

        def found() -> list[str]:
            return [line for line in self.lines if all(word in line for word in words)]

        return (await self.until(found, f"a line with {words}"))[0]

    async def hides(self, *words: str) -> None:
        """Waits until no line has any of the words."""
        await self.until(
            lambda: not any(word in self.text for word in words), f"nothing of {words}"
        )

    async def tells(self, words: str) -> None:
        """Waits until a message has the words."""

        def found() -> bool:
            return any(words in told.message for told in self.app._notifications)

        await self.until(found, f"a message with {words!r}")


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    make_patient(monkeypatch)


@pytest.fixture
def open_display(bench: Any) -> Any:
    """Opens the application on the test's receiver: `async with open_display(80, 24) as d`."""
    return partial(_open, bench)


@pytest.fixture
def open_inspector(bench: Any) -> Any:
    """Posts webhooks and opens the newest delivery: `async with open_inspector(NEW_UNIT) as d`.

    Without any, it opens the newest of what was posted before.
    """
    return partial(_open_inspector, bench)


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


@asynccontextmanager
async def _open_inspector(bench: Any, *webhooks: Any, **size: int) -> AsyncIterator[Display]:
    for webhook in webhooks:
        await post(bench, webhook)
    async with _open(bench, **size) as display:
        await display.shows("data.")
        await display.press("enter")
        await display.shows("Delivery")
        yield display
