"""A table fed from a source in real threads, up to a million rows."""

from __future__ import annotations

import asyncio
import threading
from array import array
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest
from textual.app import App, ComposeResult

from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.feed import Feed
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.row_window import OVERSCAN
from meterbase_tui.widgets.rows import Cell, Row
from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from textual.pilot import Pilot

T = TypeVar("T")
HEIGHT = 20
SCREENFUL = HEIGHT - 1 + 2 * OVERSCAN


class Log:
    """A source that counts what is read, and can be held up or fail."""

    def __init__(self, newest: int, *, step: int = 1) -> None:
        self.newest = newest
        self.step = step
        self.gone: set[int] = set()
        self.gaps: list[range] = []
        self.sought: list[int] = []
        self.outdated: list[int] = []
        self.read: list[int] = []
        self.reads = 0
        self.failing = False
        self.threads: set[int] = set()
        self.open = threading.Event()
        self.open.set()

    def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
        self.threads.add(threading.get_ident())
        if row_id is None:
            return self._ids(1, self.newest)[-limit:]
        return self._ids(row_id + 1, self.newest)[:limit]

    def older_than(self, row_id: int, limit: int) -> Sequence[int]:
        return self._ids(1, row_id - 1)[-limit:]

    def rows(self, row_ids: Sequence[int]) -> Mapping[int, Row]:
        self.threads.add(threading.get_ident())
        self.reads += 1
        self.read += row_ids
        assert self.open.wait(60)
        if self.failing:
            raise OSError("The store is unavailable.")
        return {i: Row((Cell(f"row {i}"),)) for i in row_ids if i not in self.gone}

    def find_outdated(self) -> Sequence[int]:
        outdated, self.outdated = self.outdated, []
        return outdated

    def find_gaps(self, row_ids: Sequence[int]) -> Sequence[range]:
        self.sought += row_ids
        return [gap for gap in self.gaps if any(row_id in gap for row_id in row_ids)]

    def _ids(self, first: int, last: int) -> range:
        return range(-(-first // self.step) * self.step, last + 1, self.step)


class FedApp(App[None]):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self.table = LiveTable((Column("name", "Name", 12, share=1),))
        self.feed = Feed(self.table, log)
        self.failures: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.table

    async def on_mount(self) -> None:
        await self.feed.start()
        self.table.focus()

    def on_live_table_rows_wanted(self, message: LiveTable.RowsWanted) -> None:
        self.run_worker(self._fetch(message.row_ids), description="")

    async def _fetch(self, row_ids: tuple[int, ...]) -> None:
        try:
            await self.feed.fetch(row_ids)
        except OSError as error:
            self.failures.append(str(error))


@asynccontextmanager
async def fed(log: Log) -> AsyncIterator[tuple[FedApp, LiveTable, Pilot[None]]]:
    app = FedApp(log)
    async with app.run_test(size=(40, HEIGHT)) as pilot:
        try:
            yield app, app.table, pilot
        finally:
            log.open.set()


def shown(table: LiveTable) -> list[str]:
    lines = [table.render_line(y).text for y in range(1, table.size.height)]
    return [line.rstrip("┃│").strip(" ▌▏") for line in lines]


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    patience = Patience()
    while not condition():
        assert patience.lasts
        await pilot.pause(0.01)


def rows_from(first: int, step: int = -1) -> list[str]:
    return [f"row {i}" for i in range(first, first + step * (HEIGHT - 1), step)]


async def test_rows_come_from_the_source_by_way_of_another_thread() -> None:
    log = Log(50)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        log.newest = 53
        await app.feed.pull()
        await until(pilot, lambda: shown(table) == rows_from(53))
        assert threading.get_ident() not in log.threads


async def test_a_million_rows_cost_what_is_on_the_screen() -> None:
    log = Log(1_000_000)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(1_000_000))
        assert table.row_count == 1_000
        await app.feed.backfill()
        assert (table.row_count, table.oldest_id) == (1_000_000, 1)
        assert len(log.read) <= SCREENFUL
        jumps = 0
        for target in (1, 500_000, 999_999, 123_456, 777_777):
            jumps += 1
            assert table.select_row(target)
            await until(pilot, lambda target=target: f"row {target}" in shown(table))  # type: ignore[misc]
        for key in ("G", "g", "pagedown", "pageup", "end", "home"):
            jumps += 1
            await pilot.press(key)
            await until(pilot, lambda: "·" not in shown(table))
        assert len(log.read) <= SCREENFUL * (jumps + 1)
        assert len(log.read) == len(set(log.read)) or len(log.read) < 1_000
        # A thousand more at once while following: still one screenful.
        before = len(log.read)
        log.newest += 1_000
        await app.feed.pull()
        await until(pilot, lambda: shown(table) == rows_from(1_001_000))
        assert len(log.read) - before <= SCREENFUL


async def test_a_million_ids_at_once_are_eight_megabytes_and_one_screenful() -> None:
    log = Log(1_000_000)
    async with fed(log) as (_, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(1_000_000))
        before = len(log.read)
        table.reset(array("q", range(1, 1_000_001)))
        await pilot.press("G")
        await until(pilot, lambda: shown(table)[-1] == "row 1")
        assert len(log.read) - before <= 2 * SCREENFUL


async def test_rows_that_the_window_has_left_behind_are_not_read() -> None:
    log = Log(100_000)
    async with fed(log) as (app, table, pilot):
        await app.feed.backfill()
        await until(pilot, lambda: shown(table) == rows_from(100_000))
        log.open.clear()
        read, reads = len(log.read), log.reads
        for target in range(90_000, 10_000, -5_000):
            table.select_row(target)
            await pilot.pause()
        await until(pilot, lambda: log.reads > reads)
        log.open.set()
        await until(pilot, lambda: "·" not in shown(table))
        # The first jump was being read already; of the rest only the last is.
        assert len(log.read) - read <= 2 * SCREENFUL


async def test_rows_that_are_gone_leave_the_table() -> None:
    log = Log(50)
    log.gone = {49, 47}
    async with fed(log) as (_, table, pilot):
        await until(pilot, lambda: "row 50" in shown(table) and "·" not in shown(table))
        assert shown(table)[:3] == ["row 50", "row 48", "row 46"]
        assert table.row_count == 48


async def test_a_gap_of_any_size_is_left_at_once() -> None:
    log = Log(1_000_000)
    log.gaps = [range(2, 999_980)]
    log.gone = set(log.gaps[0])
    async with fed(log) as (app, table, pilot):
        await app.feed.backfill()
        # A row of the gap is wanted beyond the window; with it all of the gap goes.
        await until(pilot, lambda: table.row_count == 22)
        assert len(log.read) <= 3 * SCREENFUL
        await pilot.press("G")
        await until(pilot, lambda: shown(table)[-2:] == ["row 999980", "row 1"])


async def test_a_failure_is_told_and_the_rows_are_asked_for_again() -> None:
    log = Log(500)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(500))
        log.failing = True
        await pilot.press("G")
        await until(pilot, lambda: app.failures == ["The store is unavailable."])
        assert shown(table) == ["·"] * (HEIGHT - 1)
        log.failing = False
        await pilot.press("k")
        await until(pilot, lambda: shown(table)[-1] == "row 1")


async def test_a_pull_that_fails_adds_nothing_and_the_next_one_adds_all() -> None:
    log = Log(50)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        log.newest, log.failing = 53, True
        with pytest.raises(OSError, match="unavailable"):
            await app.feed.pull()
        assert table.newest_id == 50
        log.newest, log.failing = 55, False
        await app.feed.pull()
        await until(pilot, lambda: shown(table) == rows_from(55))


async def test_while_following_new_rows_come_with_their_cells() -> None:
    log = Log(50)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        drawn: list[str] = []
        draw = table.render_line
        table.render_line = lambda y: (drawn.append(draw(y).text), draw(y))[1]  # type: ignore[method-assign,func-returns-value]
        for newest in range(60, 200, 10):
            log.newest = newest
            await app.feed.pull()
            await pilot.pause()
            assert shown(table) == rows_from(newest)
        assert drawn
        assert not any("·" in line for line in drawn)


async def test_a_look_is_one_reading_and_shows_nothing_by_itself() -> None:
    log = Log(50)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        runs = 0

        async def run(work: Callable[[], T], /) -> T:
            nonlocal runs
            runs += 1
            return await asyncio.to_thread(work)

        app.feed._run = run
        log.newest, log.outdated, log.read = 53, [50, 49, 20, 3], []
        show = await app.feed.look()
        assert runs == 1
        # New ones, and of those that have changed the ones in view or close to it.
        assert set(log.read) == {51, 52, 53, 50, 49, 20}
        assert table.newest_id == 50
        show()
        assert table.newest_id == 53
        await until(pilot, lambda: shown(table) == rows_from(53))
        assert runs == 1


async def test_what_has_changed_is_not_forgotten_by_a_look_that_fails() -> None:
    log = Log(50)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        log.outdated, log.failing = [50], True
        with pytest.raises(OSError, match="unavailable"):
            await app.feed.look()
        log.failing, log.read = False, []
        (await app.feed.look())()
        assert log.read == [50]


async def test_a_row_that_changes_while_it_is_read_is_read_again() -> None:
    log = Log(50)
    async with fed(log) as (_, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(50))
        log.open.clear()
        log.read = []
        table.invalidate([50])
        await until(pilot, lambda: log.read == [50])
        table.invalidate([50])
        log.open.set()
        await until(pilot, lambda: log.read == [50, 50])


async def test_another_filter_replaces_what_an_older_one_still_brings() -> None:
    log, even = Log(3_000), Log(3_000, step=2)
    async with fed(log) as (app, table, pilot):
        await until(pilot, lambda: shown(table) == rows_from(3_000))
        log.open.clear()
        log.read = []
        table.select_row(2_500)
        await until(pilot, lambda: 2_500 in log.read)
        await app.feed.start(even)
        table.select_row(2_500)
        assert table.row_count == 1_000
        # What the source before no longer has says nothing about this one.
        log.gone = set(range(3_001))
        log.open.set()
        await app.feed.backfill()
        assert table.row_count == 1_500
        await until(pilot, lambda: "·" not in shown(table))
        assert shown(table)[1:] == [f"row {i}" for i in _around(shown(table)[1])]


def _around(first: str) -> range:
    start = int(first.removeprefix("row "))
    return range(start, start - 2 * (HEIGHT - 2), -2)


async def test_pulls_asked_for_at_once_are_one_or_two_reads() -> None:
    log = Log(50)
    calls = 0

    class Counting(Log):
        def newer_than(self, row_id: int | None, limit: int) -> Sequence[int]:
            nonlocal calls
            calls += 1
            return super().newer_than(row_id, limit)

    async with fed(log) as (app, table, _):
        await app.feed.start(Counting(60))
        calls = 0
        await asyncio.gather(*(app.feed.pull() for _ in range(100)))
        assert 1 <= calls <= 2
        assert table.newest_id == 60


@pytest.mark.parametrize("newest", [0, 1])
async def test_a_source_with_next_to_nothing(newest: int) -> None:
    async with fed(Log(newest)) as (app, table, pilot):
        await app.feed.backfill()
        await app.feed.pull()
        await until(pilot, lambda: table.row_count == newest)
