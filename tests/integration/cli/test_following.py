"""Following a real store: order, patience, and nothing skipped."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from meterbase_tui.cli import following
from meterbase_tui.cli.following import (
    PATIENCE_S,
    Cursor,
    Follower,
    cursor_before,
    is_answered,
    read_cursor,
)
from store.database import Database
from store.processing import finishing, queue
from store.processing.effects import Finish
from store.reader import Reader
from store.reading.deliveries import newest_id, note_diagnosis
from store.records import (
    Delivery,
    Event,
    EventState,
    Outcome,
    Verdict,
)
from tests.stand_ins.arrivals import accepted, refused
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

NOW = datetime(2026, 3, 25, tzinfo=UTC)


class Scene:
    """A store that is written to, one that follows it, and a clock that is set by hand."""

    def __init__(self, path: Path) -> None:
        self.time = 0.0
        self.database = Database(path)
        self.reader = Reader(path)
        self.follower = Follower(self.reader, Cursor(), is_answered, lambda: self.time)

    def deliver(self, number: int, verdict: Verdict = Verdict.VALID) -> None:
        asyncio.run(self._deliver(number, verdict))

    def deliver_many(self, count: int) -> None:
        async def deliver_all() -> None:
            numbers = range(count)
            await asyncio.gather(*(self._deliver(number, Verdict.VALID) for number in numbers))

        asyncio.run(deliver_all())

    async def _deliver(self, number: int, verdict: Verdict) -> None:
        make = accepted if verdict is Verdict.VALID else refused
        await self.database.append(make(number, verdict=verdict), 60)

    def answer(self, delivery_id: int) -> None:
        self.database.note_answer(delivery_id, 1.5)
        statement = f"SELECT count(*) FROM acknowledgements WHERE delivery_id = {delivery_id}"
        wait_until(lambda: self._count(statement), "the answer's time")

    def _count(self, statement: str) -> int:
        with self.reader.connect() as connection:
            return int(connection.exec_driver_sql(statement).scalar_one())

    def diagnose(self, delivery_id: int) -> None:
        self.database.write(
            lambda connection: note_diagnosis(connection, delivery_id, "malformed", "It is.")
        ).result()

    def process(self) -> None:
        def work(connection: Connection) -> None:
            queue.admit(connection, 100)
            end = Finish(state=EventState.PROCESSED, outcome=Outcome.ACKNOWLEDGED)
            claimed = queue.claim(connection, 100)
            finishing.finish(connection, [(claim, end) for claim in claimed], NOW)

        self.database.write(work).result()

    def poll(self, *, final: bool = False) -> list[tuple[str, int]]:
        kinds = {Delivery: "delivery", Event: "event"}
        return [(kinds[type(r)], r.id) for r in self.follower.poll(final=final)]

    def close(self) -> None:
        self.reader.close()
        self.database.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path / "a.db")
    yield scene
    scene.close()


def test_a_delivery_waits_for_the_time_of_its_answer(scene: Scene) -> None:
    scene.deliver(1)
    assert scene.poll() == []
    scene.answer(1)
    assert scene.poll() == [("delivery", 1)]
    assert scene.poll() == []


def test_a_failed_signature_waits_for_its_diagnosis(scene: Scene) -> None:
    scene.deliver(1, Verdict.INVALID)
    scene.answer(1)
    assert scene.poll() == []
    scene.diagnose(1)
    assert scene.poll() == [("delivery", 1)]
    scene.deliver(2, Verdict.NOT_CHECKED)
    scene.answer(2)
    assert scene.poll() == [("delivery", 2)]


def test_patience_ends(scene: Scene) -> None:
    scene.deliver(1)
    assert scene.poll() == []
    scene.time = PATIENCE_S - 0.01
    assert scene.poll() == []
    scene.time = PATIENCE_S
    assert scene.poll() == [("delivery", 1)]


def test_none_overtakes_another(scene: Scene) -> None:
    scene.deliver(1)
    scene.deliver(2)
    scene.answer(2)
    scene.process()
    # The outcomes wait too: what an event is about was not told yet.
    assert scene.poll() == []
    scene.answer(1)
    assert scene.poll() == [("delivery", 1), ("delivery", 2), ("event", 1), ("event", 2)]


def test_at_the_end_nothing_is_waited_for(scene: Scene) -> None:
    scene.deliver(1)
    scene.deliver(2, Verdict.MISSING)
    scene.process()
    assert scene.poll(final=True) == [("delivery", 1), ("delivery", 2), ("event", 1)]


def test_many_at_once_are_all_given(scene: Scene) -> None:
    scene.deliver_many(1_100)
    scene.time = 1.0
    assert scene.poll() == []
    scene.time = 2.0
    assert [number for _, number in scene.poll()] == list(range(1, 1_101))


def test_one_look_may_be_bounded_and_the_next_goes_on(scene: Scene) -> None:
    scene.deliver_many(1_100)
    assert scene.follower.poll() == []
    scene.time = 2.0
    looks = [[each.id for each in scene.follower.poll(most=500)] for _ in range(4)]
    assert looks == [
        list(range(1, 501)),
        list(range(501, 1_001)),
        list(range(1_001, 1_101)),
        [],
    ]


def test_what_was_evicted_meanwhile_holds_nothing_up(scene: Scene) -> None:
    scene.deliver(1, Verdict.MISSING)
    scene.deliver(2)
    assert scene.poll() == []
    scene.database.write(
        lambda connection: connection.exec_driver_sql("DELETE FROM deliveries WHERE id = 1")
    ).result()
    scene.answer(2)
    assert scene.poll() == [("delivery", 2)]


def test_what_was_prepared_is_not_worked_out_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[SQLCompiler] = []
    make = SQLCompiler.__init__

    def note(compiler: SQLCompiler, *args: Any, **kwargs: Any) -> None:
        made.append(compiler)
        make(compiler, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "__init__", note)
    scene.follower.prepare()
    assert made

    made.clear()
    scene.deliver(1)
    scene.answer(1)
    scene.process()
    assert scene.poll() == [("delivery", 1), ("event", 1)]
    assert made == []


def test_a_cursor_leaves_out_what_was_there_before(scene: Scene, tmp_path: Path) -> None:
    scene.deliver(1)
    scene.process()
    cursor = cursor_before(tmp_path / "a.db")
    assert cursor == read_cursor(scene.reader)
    later = Follower(scene.reader, cursor, lambda _: True)
    assert later.poll() == []
    scene.deliver(2)
    scene.process()
    assert [record.id for record in later.poll()] == [2, 2]


def test_a_store_that_is_not_there_yet_begins_at_its_beginning(tmp_path: Path) -> None:
    assert cursor_before(tmp_path / "new.db") == Cursor(0, 0)
    assert not (tmp_path / "new.db").exists()
    (tmp_path / "other.db").write_bytes(b"x" * 9_999)
    assert cursor_before(tmp_path / "other.db") is None


def test_no_more_is_kept_in_memory_than_there_is_room_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_MOST_HELD", 4)
    monkeypatch.setattr(following, "_MOST_LOOKS", 3)
    monkeypatch.setattr(following, "_AT_ONCE", 2)
    numbers = range(1, 21)
    for number in numbers:
        scene.deliver(number)
    scene.process()
    for number in numbers:
        scene.answer(number)

    given: list[tuple[str, int]] = []
    for _ in numbers:
        given += scene.poll()
        assert len(scene.follower._looks) <= 3
        assert len(scene.follower._held) <= 5

    assert [number for kind, number in given if kind == "delivery"] == list(numbers)
    assert [number for kind, number in given if kind == "event"] == list(numbers)
    for number in numbers:
        assert given.index(("delivery", number)) < given.index(("event", number))


def test_of_events_that_nobody_wants_only_the_place_is_kept(scene: Scene) -> None:
    wanted: set[int] = set()
    follower = Follower(scene.reader, Cursor(), lambda _: True, wanted=wanted)
    for number in (1, 2, 3):
        scene.deliver(number)
    scene.process()
    assert [each.id for each in follower.poll() if isinstance(each, Event)] == []
    wanted.add(5)
    for number in (4, 5):
        scene.deliver(number)
    scene.process()
    assert [each.id for each in follower.poll() if isinstance(each, Event)] == [5]


def test_what_comes_during_a_look_is_given_by_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.deliver(1)

    def look_before_another_comes(connection: Connection) -> int:
        newest = newest_id(connection)
        scene.deliver(2)
        return newest

    with monkeypatch.context() as changed:
        changed.setattr(following, "newest_id", look_before_another_comes)
        assert scene.poll(final=True) == [("delivery", 1)]
    assert scene.poll(final=True) == [("delivery", 2)]


def test_nothing_is_read_where_nothing_was_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.deliver(1)
    scene.time = PATIENCE_S
    assert scene.poll() == []
    scene.time += PATIENCE_S
    assert scene.poll() == [("delivery", 1)]
    monkeypatch.setattr(following, "newest_id", pytest.fail)
    assert scene.poll() == []
