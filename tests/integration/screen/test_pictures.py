"""The screen as it looks, held against pictures in text: what stands where, and in which colour.

A picture has the lines of the terminal, and below them a letter for the colour of every character,
by its role in the theme. So two themes have one picture, and a difference can be read in a review.
`METERBASE_PICTURES=write pytest …/test_pictures.py` draws them anew.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.settings import Settings
from meterbase_tui.terminal.themes import CONTRAST, DARK, LIGHT
from receiver.checks import Check, CheckName, CheckStatus
from tests.integration.screen.conftest import Display
from tests.integration.screen.legibility import expect_legible
from tests.stand_ins.still_receiver import SECRET, StillReceiver, event, unit, write_history
from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from textual.theme import Theme

PICTURES = Path(__file__).parent / "pictures"
SIZES = ((80, 24), (120, 40), (200, 50))
HOSTILE = "[/][@click=app.quit]x[/] \x1b]52;c;cHdu\x07\x1b[2J\x9b2J\u202egnp\u200b.exe\x00東京é́"
FULL: tuple[Any, ...] = (
    event("test.ping", 0, data={}),
    unit("data.new", 1, status="vacant", sqft=950),
    unit("data.update", 2, status="occupied", sqft=950),
    unit("data.new", 1, status="vacant", sqft=950),
    unit("data.new", 4, "conn_unknown", id="unit_far"),
    (unit("data.new", 5), "test_signature"),
    unit("data.update", 6, status="occupied", sqft=975),
    event("sync.complete", 7, data={"sync_id": "sync_1"}),
)
HOSTILES: tuple[Any, ...] = (
    unit("data.new", 0, id=HOSTILE, unit_number=HOSTILE, status=HOSTILE),
    unit("data.update", 1, id=HOSTILE, unit_number=HOSTILE, status="vacant"),
    unit("data.new", 2, HOSTILE),
    unit(HOSTILE, 3),
    (b"\xff\x1b[2J", HOSTILE),
)
CHECKS = (
    Check(CheckName.SECRET, CheckStatus.FAIL, "No secret is set.", "Set PROPEXO_WEBHOOK_SECRET."),
    Check(CheckName.TUNNEL, CheckStatus.WARN, HOSTILE, "Restart it."),
    Check(CheckName.STORE, CheckStatus.PASS, "It can be written."),
    Check(CheckName.CLOCK, CheckStatus.SKIP, "Nothing to compare with."),
)
ROLES = {
    "foreground": ".",
    "foreground-muted": "m",
    "text-primary": "p",
    "text-accent": "a",
    "text-success": "s",
    "text-warning": "w",
    "text-error": "e",
    "border": "b",
    "border-blurred": "-",
}


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module", params=["empty", "full", "hostile"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing, with some of everything, or with what strangers may send."""
    path = tmp_path_factory.mktemp(request.param) / "store.db"
    bodies: dict[str, tuple[Any, ...]] = {"empty": (), "full": FULL, "hostile": HOSTILES}
    write_history(path, bodies[request.param])
    return path


@asynccontextmanager
async def opened(
    store: Path, size: tuple[int, int], theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Display]:
    async def check(_: Desk) -> tuple[Check, ...]:
        return CHECKS

    monkeypatch.setattr(Desk, "check", check)
    reading = Reading(store)
    settings = Settings(db=store, secret=SECRET, theme=theme.name.removeprefix("meterbase-"))
    desk = Desk(StillReceiver(settings), reading)
    app = MeterbaseApp(desk)
    app.animation_level = "none"  # nobody looks at what moves, and each key would wait for it
    try:
        async with app.run_test(size=size) as pilot:
            display = Display(app, pilot)
            await display.until(lambda: "deliveries" in display.text, "the counts")
            await display.until(lambda: "Loading" not in display.text, "the rows")
            yield display
    finally:
        desk.close()
        reading.close()


def draw(display: Display, theme: Theme) -> str:
    """The terminal as text, and the roles of its colours."""
    generated = {**theme.to_color_system().generate(), **theme.variables}
    letters = {generated[name].lower()[:7]: letter for name, letter in ROLES.items()}
    text, colours = [], []
    # Without the keys at the bottom, which are held to account elsewhere.
    for strip in display.app.screen._compositor.render_strips()[:-1]:
        text.append("".join(segment.text for segment in strip).rstrip())
        line = ""
        for segment in strip:
            style = segment.style
            triplet = style.color.triplet if style and style.color else None
            letter = letters.get(triplet.hex if triplet else "", "~")
            line += "".join(" " if part == " " else letter for part in segment.text)
        colours.append(line.rstrip())
    # When a change was found depends on when it was processed.
    shown = re.sub(r"\b\d\d:\d\d:\d\d\b", "hh:mm:ss", "\n".join(text))
    # A dialog may leave but the first digit of one to be seen.
    shown = re.sub(r"(?<=│  )\d(?=╰)", "h", shown)
    return shown + "\n" + "=" * 20 + "\n" + "\n".join(colours) + "\n"


async def expect_picture(
    name: str, display: Display, theme: Theme, reduce: Callable[[str], str] = str
) -> None:
    """Waits until the screen is as the picture in the file, or writes that.

    Args:
        name: of the file.
        display: what is looked at.
        theme: whose colours it has.
        reduce: takes from a picture what may differ.
    """
    path = PICTURES / f"{name}.txt"
    if os.environ.get("METERBASE_PICTURES") == "write":
        path.write_text(reduce(await settle(display, theme)), encoding="utf-8")
    wanted = reduce(path.read_text(encoding="utf-8"))
    patience = Patience()
    while (drawn := reduce(draw(display, theme))) != wanted:
        assert patience.lasts, f"{name}\n{drawn}"
        await asyncio.sleep(0.02)


async def settle(display: Display, theme: Theme) -> str:
    """The picture, once it stays the same for two looks of the dashboard."""
    seen, same = "", 0
    patience = Patience()
    while same < 3:
        assert patience.lasts, "the screen never rests"
        await asyncio.sleep(0.06)
        now = draw(display, theme)
        same = same + 1 if now == seen else 0
        seen = now
    return seen


@pytest.mark.parametrize("size", SIZES, ids=["80", "120", "200"])
async def test_the_dashboard(
    store: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = store.parent.name.rstrip("0123456789")
    async with opened(store, size, DARK, monkeypatch) as display:
        if kind != "empty":
            await display.press("j")
        await expect_in_both_themes(f"{kind}-{size[0]}", display)
        for number, panel in (("2", "failures"), ("4", "checks")):
            if size[0] == 80:
                await display.press(number)
                await expect_in_both_themes(f"{kind}-80-{panel}", display)


async def expect_in_both_themes(name: str, display: Display) -> None:
    """One picture is true of both."""
    for theme in (DARK, LIGHT):
        display.app.theme = theme.name
        await expect_picture(name, display, theme)
        expect_legible(display, theme)
    # Nothing comes after it.
    await settle(display, theme)
    await expect_picture(name, display, theme)


DIALOGS = {
    "filter": ("f",),
    "search": ("slash",),
    "confirm": ("j", "space", "space", "space", "r"),
    "narrowed": ("f", "down", "enter"),
    "setup": ("w",),
    "log": ("L",),
    "export": ("j", "E"),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dialogs") / "store.db"
    write_history(path, FULL)
    return path


@pytest.mark.parametrize("dialog", DIALOGS)
async def test_the_dialogs(dialog: str, full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")  # an export says where the file would be
    async with opened(full, (80, 24), CONTRAST, monkeypatch) as display:
        for key in DIALOGS[dialog]:
            await display.press(key)
            await settle(display, CONTRAST)
        await expect_picture(f"dialog-{dialog}", display, CONTRAST)
        expect_legible(display, CONTRAST)


def test_pictures_hold_nothing_that_a_terminal_obeys() -> None:
    for path in PICTURES.iterdir():
        text = path.read_text(encoding="utf-8")
        assert [char for char in text if not char.isprintable() and char != "\n"] == [], path
