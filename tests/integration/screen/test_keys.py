"""Every key of the dashboard does what it says, and the user may choose others."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.receiving.links import OwnReceiver
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.screens.help import Help
from meterbase_tui.screens.inspector import Inspector
from meterbase_tui.screens.records import Records
from meterbase_tui.settings import SettingsError
from meterbase_tui.terminal.keys import binding_ids, check_keymap, list_keys
from meterbase_tui.terminal.memory import Memory
from meterbase_tui.terminal.palette import Commands
from meterbase_tui.widgets.live_table import LiveTable
from tests.integration.screen.conftest import Display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
UNIT = {"id": "unit_1", "property_id": "prop_001", "unit_number": "101", "status": "vacant"}
LEASE = {
    "event": "data.new",
    "timestamp": "2026-03-25T15:00:00Z",
    "connection_id": "conn_abc123",
    "resource_type": "lease",
    "data": {
        "id": "lease_1",
        "unit_id": "unit_1",
        "property_id": "prop_001",
        "resident_name": "Ada",
        "start_date": "2026-01-01",
        "status": "current",
    },
}


def unit(second: int, **data: Any) -> dict[str, Any]:
    return {
        "event": "data.update" if data else "data.new",
        "timestamp": f"2026-03-25T14:00:{second:02}Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": UNIT | data,
    }


@asynccontextmanager
async def opened(
    bench: Any, width: int = 160, height: int = 45, memory: Memory | None = None, **settings: Any
) -> AsyncIterator[Display]:
    """The application with a memory and settings of the test's own."""
    bench.runtime.settings = replace(bench.runtime.settings, **settings)
    reading = Reading(bench.settings.db)
    desk = Desk(OwnReceiver(bench.runtime), reading)
    app = MeterbaseApp(desk, memory)
    try:
        async with app.run_test(size=(width, height), notifications=True) as pilot:
            yield Display(app, pilot)
    finally:
        desk.close()
        reading.close()


@pytest.fixture
def filled(bench: Any) -> Any:
    """Three deliveries of one unit."""
    for body in (unit(1), unit(2, status="occupied"), unit(3, status="notice")):
        bench.post(body)
    bench.settle()
    return bench


def table(display: Any, name: str = "deliveries") -> Any:
    return display.app.screen.query_one(f"#{name}-table", LiveTable)


def at(line: int) -> Callable[[Any], bool]:
    """Whether the cursor is on the row of a line."""
    return lambda display: table(display).cursor_id == table(display)._order.row_at(line)


def focused(panel: str) -> Callable[[Any], bool]:
    return lambda display: display.app.focused is table(display, panel)


def last(display: Any) -> bool:
    return at(table(display).line_count - 1)(display)


EXPECTED: dict[str, tuple[tuple[str, ...], str | Callable[[Any], bool]]] = {
    "delivery.replay": (("r",), "↻×2 #3"),
    "delivery.export": (("E",), "─ Export 1 delivery ─"),
    "samples.pick": (("s",), "─ Send a sample ─"),
    "scenarios.pick": (("S",), "─ Play Propexo ─"),
    "samples.wrong": (("x",), "✗ body reserialized"),
    "failures.reverify": (("V",), "proves authentic"),
    "failures.causes": (("C",), "Why signatures failed"),
    "forwards.requeue": (("F",), "nothing is held"),
    "filter.edit": (("f",), "Show only"),
    "filter.search": (("slash",), "Search everything"),
    "filter.clear": (("j", "space", "escape"), lambda display: not table(display).marks),
    "log.open": (("L",), "Nothing is in the log yet"),
    "records.open": (("o",), "property, 0 to review"),
    "checks.run": (("c",), "took a signed test.ping"),
    "receiver.copy_url": (("u",), "Copied http"),
    "receiver.connect": (("w",), "Connect Propexo"),
    "panel.deliveries": (("2", "1"), focused("deliveries")),
    "panel.failures": (("2",), focused("failures")),
    "panel.changes": (("3",), focused("changes")),
    "panel.checks": (("4",), focused("checks")),
    "table.open": (("j", "enter"), "Payload"),
    "table.mark": (("j", "space"), "1 marked"),
    "lines.down": (("j",), at(1)),
    "lines.up": (("j", "j", "k"), at(1)),
    "lines.half_down": (("j", "ctrl+d"), last),
    "lines.half_up": (("G", "ctrl+u"), at(0)),
    "lines.page_down": (("j", "pagedown"), last),
    "lines.page_up": (("G", "pageup"), at(0)),
    "lines.top": (("G", "g"), lambda display: at(0)(display) and table(display).following),
    "lines.bottom": (("G",), last),
    "app.help": (("question_mark",), "ctrl+p does any of it by name"),
    "app.theme": (("T",), "Theme: light"),
    "app.mask": (("P",), "▒ masked"),
    "app.quit": (("q",), lambda display: not display.app.is_running),
}
"""By the binding's id: keys to press, and what the screen or a message says then."""


async def test_each_key_does_what_it_says(filled: Any) -> None:
    async with opened(filled) as display:
        await display.shows("Incoming events · 3")
        for binding_id, (keys, wanted) in EXPECTED.items():
            await start_over(display)
            before = said(display) if isinstance(wanted, str) else ""
            assert not isinstance(wanted, str) or wanted not in before, binding_id
            await display.press(*keys)

            def done(wanted: str | Callable[[Any], bool] = wanted) -> bool:
                return wanted in said(display) if isinstance(wanted, str) else wanted(display)

            await display.until(done, binding_id)


def said(display: Any) -> str:
    """All that the screen and the messages say."""
    return "\n".join([display.text, *(told.message for told in display.app._notifications)])


async def start_over(display: Any) -> None:
    """Back to the dashboard, following, without marks or messages."""
    for _ in range(len(display.app.screen_stack) - 1):
        await display.press("escape")
    await display.until(lambda: len(display.app.screen_stack) == 1, "the dashboard")
    table(display).clear_marks()
    await display.press("1", "g")
    display.app.clear_notifications()
    await display.until(lambda: "paused" not in display.text, "following")


async def test_no_key_of_the_dashboard_is_left_out(filled: Any) -> None:
    async with opened(filled) as display:
        await display.shows("Incoming events · 3")
        await display.press("j", "space")
        await display.shows("1 marked")
        active = display.app.screen.active_bindings.values()
        ids = {found.binding.id for found in active if found.binding.id}
        assert {name for name in ids if not name.startswith("textual")} <= EXPECTED.keys()


async def test_the_marked_are_sent_in_the_order_of_their_arrival_after_asking(filled: Any) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        await display.press("j", "space", "space", "space")
        await display.shows("3 marked")
        await display.press("r")
        await display.until(lambda: isinstance(display.app.screen, Confirm), "the question")
        await display.shows("3 deliveries will be sent again to")
        await display.press("escape")
        await display.until(lambda: len(display.app.screen_stack) == 1, "closed")
        assert len(filled.deliveries()) == 3
        assert table(display).marks
        await display.press("r", "enter")
        await display.tells("Sent 3 again, in order")
        assert not table(display).marks
    assert [found.replay_of for found in filled.deliveries()] == [None, None, None, 1, 2, 3]


@pytest.mark.parametrize(("key", "turns"), [("s", 5), ("s", 8), ("o", 5), ("o", 8), ("enter", 13)])
async def test_quitting_while_a_screen_is_built_is_no_mistake(
    filled: Any, key: str, turns: int
) -> None:
    """The turns of the loop are those after which looking for a part found none."""
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        await display.press("j")
        display.app.post_message(events.Key(key, None))
        for _ in range(turns):
            await asyncio.sleep(0)
        display.app.exit()
    assert display.app._exception is None
    assert display.app.return_code == 0


async def test_help_is_made_of_the_keys_in_force_and_fits(filled: Any) -> None:
    async with opened(filled, 80, 24, keys={"samples.pick": "f5"}) as display:
        await display.shows("Incoming events · 3")
        await display.press("question_mark")
        await display.until(lambda: isinstance(display.app.screen, Help), "the help")
        await display.shows("Deliveries")
        line = await display.shows("Send a sample")
        assert "f5" in line
        await display.shows("Mask personal data")
        await display.shows("ctrl+p does any of it by name")
        for keys in ("j", "k", "escape"):
            await display.press(keys)
        await display.until(lambda: len(display.app.screen_stack) == 1, "closed")
        await display.press("f5")
        await display.shows("Send a sample", "─")


async def test_the_palette_has_everything_that_a_key_does(filled: Any) -> None:
    async with opened(filled) as display:
        await display.shows("Incoming events · 3")
        found = [hit async for hit in Commands(display.app.screen).discover()]
        words = {line.words for line in list_keys(display.app.screen) if line.group != "Move"}
        named = {str(hit.prompt).partition(": ")[2] for hit in found}
        assert words <= named
        assert {"dark", "light", "contrast"} <= named
        await display.press("ctrl+p")
        # Two of them beside one another: each has one line, and its key stands before it.
        await display.until(lambda: "⏎         Deliveries: Open" in display.text, "the first")
        at = next(n for n, line in enumerate(display.lines) if "Deliveries: Open" in line)
        assert "space     Deliveries: Mark" in display.lines[at + 1]
        await display.press(*"theme light")
        await display.shows("Theme: light")
        await display.press("enter")
        await display.until(lambda: display.app.theme == "meterbase-light", "light")
        await display.press("ctrl+p")
        await display.press(*"send a sample")
        await display.shows("Deliveries: Send a sample")
        await display.press("enter")
        await display.shows("─ Send a sample ─")


async def test_a_theme_is_remembered_and_the_configuration_comes_first(
    filled: Any, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "screen.json"
    async with opened(filled, memory=Memory(path)) as display:
        assert display.app.theme == "meterbase-dark"
        await display.press("T", "T")
        assert display.app.theme == "meterbase-contrast"
        await display.until(path.exists, "remembered")
    async with opened(filled, memory=Memory(path)) as display:
        assert display.app.theme == "meterbase-contrast"
        await display.press("T")
        assert display.app.theme == "meterbase-dark"
    async with opened(filled, memory=Memory(path), theme="light") as display:
        assert display.app.theme == "meterbase-light"
    assert json.loads(path.read_text()) == {"theme": "dark"}
    path.write_bytes(b"\xff[1")
    async with opened(filled, memory=Memory(path), theme=None) as display:
        assert display.app.theme == "meterbase-dark"


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"delivery.reply": "f5"}, "delivery.reply under [keys] is nothing that a key can do"),
        ({"delivery.replay": "f99x"}, "'f99x' for delivery.replay under [keys] is not a key"),
        ({"delivery.replay": "r,,f5"}, "'' for delivery.replay"),
        ({"delivery.replay": "hyperctrl+r"}, "'hyperctrl+r'"),
        ({"delivery.replay": "s"}, "The key s is for delivery.replay and for samples.pick"),
        ({"delivery.replay": "f5", "filter.edit": "f5"}, "The key f5 is for"),
        ({"samples.pick": "?"}, "The key question_mark is for"),
        ({"samples.pick": "j"}, "The key j is for"),
    ],
)
def test_a_wrong_key_is_named(keys: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(words)):
        check_keymap(keys)


@pytest.mark.parametrize("key", ["R", "!", "f5", "ctrl+r", "r, f6", "+", "alt+x", "é"])
def test_a_right_key_is_taken(key: str) -> None:
    check_keymap({"delivery.replay": key})


def test_two_may_change_places() -> None:
    check_keymap({"delivery.replay": "s", "samples.pick": "r"})


def test_every_key_has_an_id_of_its_own_meaning() -> None:
    assert {"delivery.replay", "filter.edit", "app.theme", "table.mark"} <= set(binding_ids())


async def test_residents_are_masked_by_one_key(filled: Any) -> None:
    async with opened(filled, 200, 50) as display:
        await display.shows("Incoming events · 3")
        for second, name in ((1, "Ada"), (2, "Grace")):
            body = LEASE | {"timestamp": f"2026-03-25T15:00:0{second}Z"}
            body["data"] = LEASE["data"] | {"resident_name": name}  # type: ignore[operator]
            await asyncio.to_thread(filled.post, body | {"event": "data.update"})
        await display.shows("lease reside", "Ada → Grace")
        await display.press("P")
        await display.shows("lease reside", "••• → •••")
        assert "Ada" not in display.text
        await display.press("P")
        await display.shows("lease reside", "Ada → Grace")


async def test_a_terminal_that_is_too_small_says_so_until_it_grows(filled: Any) -> None:
    async with opened(filled, 39, 10) as display:
        await display.shows("Too small")
        before = len(filled.deliveries())
        await display.press("r", "x")
        await display._pilot.resize_terminal(80, 24)
        await display.shows("Incoming events · 3")
        assert len(filled.deliveries()) == before
        for width, height in ((80, 9), (80, 8), (30, 8), (39, 24)):
            await display._pilot.resize_terminal(width, height)
            await display.shows("Too small")
            assert len(display.app.screen_stack) == 2  # it says it once, however often it changes
        await display._pilot.resize_terminal(80, 24)
        await display.shows("Incoming events · 3")


async def test_what_opens_while_the_terminal_is_too_small_closes_onto_what_was_there(
    filled: Any,
) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        await display._pilot.resize_terminal(80, 9)
        await display.shows("Too small")
        await display.app.push_screen(Confirm("Shall it?", [], "do it"))  # as a worker may
        await display._pilot.resize_terminal(80, 24)
        await display.shows("Shall it?")
        await display.press("escape")
        await display.shows("Incoming events · 3")
        assert len(display.app.screen_stack) == 1


async def test_the_first_of_an_event_counts_its_repetitions(bench: Any) -> None:
    async with opened(bench, 80, 24) as display:
        for _ in range(3):
            await asyncio.to_thread(bench.post, unit(1))
        await display.shows("×2 #1")
        await display.shows("×3 #1")
        await display.shows("✓ created", "×3   ")


REMAPPED = {
    "samples.pick": "f5",
    "samples.wrong": "f6",
    "receiver.connect": "f7",
    "app.help": "f8",
    "filter.clear": "f9",
    "filter.edit": "f10",
    "lines.top": "f11",
    "samples.close": "f12",
    "records.close": "ctrl+b",
    "records.link": "ctrl+l",
    "records.dismissed": "ctrl+g",
    "confirm.no": "ctrl+n",
    "export.close": "ctrl+e",
}


async def test_hints_and_cards_name_the_keys_in_force(bench: Any) -> None:
    async with opened(bench, 120, 40, keys=REMAPPED) as display:
        await display.shows("f5", "send a sample to this receiver")
        await display.shows("f7", "connect Propexo")
        await display.shows("f8", "all keys")
        await display.shows("f6", "send one that is wrong")
        await display.shows("f5", "send an update of a unit")
        await display.press("C")
        await display.tells("f6 sends one that does")
        await display.press("o", "right", "right")
        await display.shows("No unit is known. ctrl+b and then f5 sends a sample.")
        await display.press("left", "left", "left")
        await display.shows("ctrl+g shows what was dismissed")
        await display.press("ctrl+b", "f5")
        await display.shows("enter send", "/ find", "f12")
        await display.press("1")
        await display.until(lambda: len(bench.deliveries()) == 1, "sent")
        await display.press("f12", "j", "space", "r")
        await display.shows("ctrl+n back")
        await display.press("ctrl+n", "E")
        await display.shows("ctrl+e back")
        await display.press("ctrl+e")
        await display.shows("f11 to follow")


async def test_the_filter_in_force_stands_in_the_status_line(filled: Any) -> None:
    async with opened(filled, 80, 24, keys={"filter.clear": "f9"}) as display:
        await display.shows("Incoming events · 3")
        assert "only" not in display.text
        await display.press("slash", *"notice", "enter")
        await display.until(lambda: "▽ only" in display.lines[1], "the filter above")
        assert "only “notice” · f9 shows all" in display.lines[1]
        await display.press("f9")
        await display.until(lambda: "only" not in display.text, "all is shown")
        await display.press("slash", *"nowhere", "enter")
        await display.shows("f9", "show everything again")


@pytest.mark.parametrize("name", ["o", "enter"])
async def test_keys_that_come_before_a_screen_is_there_do_nothing(filled: Any, name: str) -> None:
    async with opened(filled, 80, 24) as display:
        await display.shows("Incoming events · 3")
        await display.press("j")
        app = display.app
        desk = app._desk
        assert desk is not None
        screen = Records(desk) if name == "o" else Inspector(desk, 3)
        app.push_screen(screen)
        assert not screen.is_mounted
        for key in ("l", "q"):
            assert await app._check_bindings(key)
        await display.until(lambda: screen.is_mounted, "it is there")
        assert app.screen is screen
        assert app._exit is False
        await display.shows("esc Back")
