"""The other screens as they look, held against pictures like the dashboard's; see there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.screens.dashboard import Dashboard
from meterbase_tui.terminal.themes import DARK, LIGHT
from meterbase_tui.widgets.live_table import LiveTable
from tests.integration.screen.legibility import expect_legible
from tests.integration.screen.test_pictures import (
    DIALOGS,
    FULL,
    HOSTILE,
    HOSTILES,
    PICTURES,
    SIZES,
    _utc,
    expect_picture,
    opened,
)
from tests.stand_ins.still_receiver import event, unit, write_history

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.screen.conftest import Display

__all__ = ["_utc"]  # a fixture that is the same here
_BIG = pytest.mark.slow
SCREENS: dict[str, tuple[str, ...]] = {
    "properties": ("o",),
    "connections": ("o", "right"),
    "units": ("o", "right", "right"),
    "leases": ("o", "right", "right", "right"),
    "residents": ("o", "left", "left", "left"),
    "bill": ("o", "left", "left"),
    "notifications": ("o", "left"),
    "payload": ("j", "enter"),
    "headers": ("j", "enter", "l"),
    "signature": ("2", "j", "enter"),
    "processing": ("g", "enter", "l", "l", "l"),
    "history": ("3", "j", "enter", "h"),
    "diff": ("g", "enter", "d"),
    "editor": ("g", "enter", "e", "end"),
    "causes": ("C",),
    "samples": ("s", "j"),
    "scenarios": ("S", "j"),
    "help": ("question_mark",),
}
HOSTILE_SAMPLES = ("s", "slash", *"hostile", "enter")
#: The news of a property, which is the last that came, is the first that is told of it.
HOSTILE_DIFF = ("3", "j", "enter", "d")
NEEDS_ROWS = {
    "payload",
    "headers",
    "signature",
    "processing",
    "history",
    "diff",
    "editor",
    "causes",
}


def about(kind: str, second: int, **data: Any) -> bytes:
    """The news of a lease, a resident or a property."""
    known = {"id": f"{kind}_1", "property_id": "prop_001"}
    return event("data.new", second, resource_type=kind, data=known | data)


def leased(second: int, number: str, occupants: int, name: str = "data.new") -> bytes:
    """A unit that people live in."""
    lease = {"occupant_count": occupants, "start_date": "2026-01-01", "end_date": "2026-12-31"}
    known: dict[str, Any] = {"id": f"unit_{number}", "unit_number": number, "status": "occupied"}
    return unit(name, second, **known, sqft=700, bedrooms=2, current_lease=lease)


STORES: dict[str, tuple[Any, ...]] = {
    "empty": (),
    "full": (
        *FULL,
        leased(10, "201", 2),
        leased(11, "202", 3),
        leased(12, "203", 1),
        about("lease", 13, unit_id="unit_201", resident_name="Ada", start_date="2026-01-01"),
        about("resident", 14, name="Ada", email="ada@example.com", phone="555-0100"),
        about("property", 15, id="prop_new", name="Maple Court", address="12 Maple Street"),
        leased(16, "203", 4, "data.update"),
    ),
    "hostile": (
        *HOSTILES,
        about("lease", 13, id=HOSTILE, resident_name=HOSTILE, status=HOSTILE),
        about("resident", 14, id=HOSTILE, name=HOSTILE, email=HOSTILE, phone=HOSTILE),
        about("property", 15, id=HOSTILE, name=HOSTILE, address=HOSTILE),
    ),
}


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with nothing, with some of every kind of record, or with what strangers may send."""
    path = tmp_path_factory.mktemp(request.param) / "store.db"
    write_history(path, STORES[request.param])
    return path


def screens_of(kind: str) -> dict[str, tuple[str, ...]]:
    """What is looked at on a store of a kind, and the keys that lead there."""
    if kind == "full":
        return SCREENS
    if kind == "hostile":
        return SCREENS | {"diff": HOSTILE_DIFF, "samples": HOSTILE_SAMPLES}
    return {name: keys for name, keys in SCREENS.items() if name not in NEEDS_ROWS}


async def expect_in_both_themes(name: str, display: Display) -> None:
    """One picture is true of both themes."""
    for theme in (DARK, LIGHT):
        display.app.theme = theme.name
        await expect_picture(name, display, theme, steady)
        expect_legible(display, theme)


def steady(picture: str) -> str:
    """A picture without what depends on when the store was filled, or on the theme alone."""
    picture = re.sub(r"\d{4}-\d\d-\d\d hh:mm:ss(\.\d{3})?", "yyyy-mm-dd hh:mm:ss", picture)
    text, bar, colours = picture.partition("=" * 20 + "\n")
    painted = colours.splitlines()
    for at, line in enumerate(text.splitlines()[: len(painted)]):
        if "━━" in line:  # the line under the tabs, whose colour has no role of its own
            painted[at - 1 : at + 1] = ["", ""]
    return text + bar + "\n".join(painted) + "\n"


@pytest.mark.parametrize(
    "size",
    [pytest.param(size, marks=_BIG if size[0] == 200 else ()) for size in SIZES],
    ids=["80", "120", "200"],
)
async def test_every_other_screen(
    store: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = store.parent.name.rstrip("0123456789")
    async with opened(store, size, DARK, monkeypatch) as display:
        for name, keys in screens_of(kind).items():
            for key in keys:
                await display.press(key)  # each waits for what it has led to
            await expect_in_both_themes(f"{kind}-{size[0]}-{name}", display)
            await go_home(display)


async def go_home(display: Display) -> None:
    """Back to the dashboard, where the events have the focus; by no keys, which take their time."""
    while len(display.app.screen_stack) > 1:
        await display.app.pop_screen()
    board = display.app.screen
    assert isinstance(board, Dashboard)
    board.action_focus_panel("deliveries")
    board.query_one("#deliveries-table", LiveTable).action_top()


_BOARD = ("80", "80-failures", "80-checks", "120", "200")


def test_no_picture_is_left_over() -> None:
    boards = {f"{kind}-{name}" for kind in STORES for name in _BOARD}
    dialogs = {f"dialog-{dialog}" for dialog in DIALOGS}
    screens = {
        f"{kind}-{width}-{name}"
        for kind in STORES
        for width, _ in SIZES
        for name in screens_of(kind)
    }
    assert {path.stem for path in PICTURES.iterdir()} == boards | dialogs | screens | {"flood-80"}
