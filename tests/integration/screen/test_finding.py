"""Filter and search: answered by the store, said on the screen, cleared by one key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.screens.filter import FilterForm
from store.reading import deliveries
from store.reading.choices import Choices
from store.reading.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable

UNIT = {"id": "unit_1", "property_id": "prop_001", "unit_number": "101", "status": "vacant"}


def unit(number: int, event: str = "data.new", second: int = 0, **data: Any) -> dict[str, Any]:
    return {
        "event": event,
        "timestamp": f"2026-03-25T14:{number:02}:{second:02}Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": UNIT | {"id": f"unit_{number}", "unit_number": str(100 + number)} | data,
    }


def listed(display: Any) -> list[int]:
    """The ids of the events that the table has, newest first."""
    table = display.app.screen.query_one("#deliveries-table")
    return [table._order.row_at(line) for line in range(table.line_count)]


@pytest.fixture
def filled(bench: Any) -> Any:
    """1 to 5: three new units, an update of unit_2, and one with a wrong signature."""
    for number in (1, 2, 3):
        bench.post(unit(number))
    bench.post(unit(2, "data.update", 30, status="occupied", note="café needle"))
    bench.post(unit(4), signature="sha256=" + "0" * 64)
    bench.settle()
    return bench


async def fill_in(display: Any, **texts: str) -> None:
    """Writes into the filter's fields, and applies them."""
    await display.press("f")
    await display.until(lambda: isinstance(display.app.screen, FilterForm), "the filter")
    for name, text in texts.items():
        display.app.screen.query_one(f"#{name}").value = text
    await display.press("enter")


@pytest.mark.parametrize(
    ("texts", "ids", "words"),
    [
        ({"event": "data.update"}, [4], "event data.update"),
        ({"state": "processed"}, [4, 3, 2, 1], "state processed"),
        ({"verdict": "invalid"}, [5], "signature invalid"),
        ({"connection_id": "conn_abc123"}, [4, 3, 2, 1], "connection conn_abc123"),
        ({"property_id": "prop_001"}, [4, 3, 2, 1], "property prop_001"),
        ({"unit_id": "unit_2"}, [4, 2], "unit unit_2"),
        ({"search": "needle"}, [4], "“needle”"),
        ({"unit_id": "unit_2", "event": "data.new"}, [2], "event data.new, unit unit_2"),
    ],
)
async def test_every_condition_narrows_and_says_so(
    filled: Any, open_display: Any, texts: dict[str, str], ids: list[int], words: str
) -> None:
    async with open_display() as display:
        await display.shows("Incoming events · 5")
        await fill_in(display, **texts)
        await display.until(lambda: listed(display) == ids, f"{ids}")
        await display.shows("Incoming events", words)
        await display.press("escape")
        await display.until(lambda: listed(display) == [5, 4, 3, 2, 1], "all again")
        await display.until(lambda: words not in display.text, "nothing of a filter")


async def test_what_comes_later_is_narrowed_too(filled: Any, open_display: Any) -> None:
    async with open_display() as display:
        await fill_in(display, unit_id="unit_2")
        await display.until(lambda: listed(display) == [4, 2], "narrowed")
        await asyncio.to_thread(filled.post, unit(3, "data.update", 40, status="notice"))
        await asyncio.to_thread(filled.post, unit(2, "data.update", 50, status="vacant"))
        await display.until(lambda: listed(display) == [7, 4, 2], "only the matching one")
        await display.shows("102", "occupied → vacant")
        assert "notice" not in display.text


async def test_an_event_joins_and_leaves_a_filter_by_its_state(
    filled: Any, open_display: Any
) -> None:
    async with open_display() as display:
        await fill_in(display, state="ignored")
        await display.shows("Nothing in the store matches")
        body = unit(9) | {"connection_id": "conn_unknown"}
        await asyncio.to_thread(filled.post, body)
        await display.until(lambda: listed(display) == [6], "the ignored one")
        await asyncio.to_thread(filled.post, unit(8))
        await asyncio.to_thread(filled.settle)
        await display.shows("7 deliveries")
        assert listed(display) == [6]


async def test_slash_searches_bodies_and_keeps_the_filter(filled: Any, open_display: Any) -> None:
    async with open_display(80, 24) as display:
        await fill_in(display, event="data.update")
        await display.until(lambda: listed(display) == [4], "narrowed")
        await display.press("slash", *"NEEDLE", "enter")
        await display.shows("event data.update", "“NEEDLE”")
        await display.until(lambda: listed(display) == [4], "what has the word")
        await display.press("slash", *"zzz", "enter")
        await display.shows("Nothing in the store matches")
        await display.press("escape")
        await display.until(lambda: len(listed(display)) == 5, "all again")


async def test_the_form_offers_what_the_store_has_and_refuses_what_cannot_be(
    filled: Any, open_display: Any
) -> None:
    async with open_display(80, 24) as display:
        await display.press("f")
        await display.shows("data.new · data.update")
        await display.press("down", "down", "tab")
        await display.shows("pending · processing · processed")
        await display.press(*"lost", "enter")
        await display.shows("There is no state like that")
        await display.press("ctrl+r")
        await display.until(lambda: len(display.app.screen_stack) == 1, "closed")
        await display.until(lambda: len(listed(display)) == 5, "all of them")
        await display.press("f", "down", "down", "enter")
        await display.until(lambda: listed(display) == [4], "data.update by the arrows")


async def test_escape_in_a_dialog_changes_nothing(filled: Any, open_display: Any) -> None:
    async with open_display() as display:
        for keys in (("f", "down", "escape"), ("slash", "x", "escape")):
            await display.press(*keys)
            await display.until(lambda: len(display.app.screen_stack) == 1, "closed")
            await display.until(lambda: len(listed(display)) == 5, "all of them")


async def test_a_search_that_takes_long_stops_nothing_and_is_given_up(
    filled: Any, open_display: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is made slow as a big one is: the query itself runs, until it is interrupted."""
    slow: list[str] = []
    original: Callable[..., Any] = deliveries.older_ids

    def endless(connection: Any, before: Any, filters: Any, **named: Any) -> Any:
        if filters.search == "slow":
            slow.append("began")
            try:
                connection.exec_driver_sql(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                    " SELECT count(*) FROM n"
                )
            finally:
                slow.append("ended")
        return original(connection, before, filters, **named)

    monkeypatch.setattr("store.reading.deliveries.older_ids", endless)
    async with open_display() as display:
        await display.shows("Incoming events · 5")
        await display.press("slash", *"slow", "enter")
        await display.until(lambda: slow == ["began"], "the search runs")
        await display.shows("searching …")
        await asyncio.to_thread(filled.post, unit(3, "data.update", 40, status="notice"))
        await display.shows("103", "vacant → notice")
        await display.shows("6 deliveries")
        await display.press("escape")
        await display.until(lambda: slow == ["began", "ended"], "the search is given up")
        await display.until(lambda: len(listed(display)) == 6, "all again")
        assert "cannot be read" not in display.text


async def test_a_hostile_id_is_chosen_seen_and_still_meant(bench: Any, open_display: Any) -> None:
    bench.post(unit(1))
    bench.post(unit(2, id="\x1b]52;c;cHdu\x07\x9b2J\u202egnp"))
    bench.settle()
    async with open_display(80, 24) as display:
        await display.shows("Incoming events · 2")
        for keys in (["down"], []):  # it is still meant when the form is opened again
            await display.press("f", *["tab"] * 5, *keys)
            await display.shows("│  unit ", r"\x1b]52;c;cHdu\x07\x9b2J\u202egnp")
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(display.text)
            await display.press("enter")
            await display.shows("Incoming events · 1", "only unit")


async def test_an_id_that_is_no_choice_is_meant_as_it_is(open_display: Any) -> None:
    found: list[Filters | None] = []
    async with open_display(80, 24) as display:
        form = FilterForm(Filters(unit_id="\x1b[2J"), Choices())
        await display.app.push_screen(form, found.append)
        await display.shows("│  unit ", r"\x1b[2J")
        await display.press("enter")
        await display.until(lambda: found, "an answer")
    assert found == [Filters(unit_id="\x1b[2J")]
