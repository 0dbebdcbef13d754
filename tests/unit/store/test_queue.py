"""Order, atomicity and repetition of processing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from store.errors import StoreRejectedError
from store.notifications import list_notifications, notifications_of_event
from store.processing import finishing, queue, reopening
from store.processing.effects import FieldChange, Finish, Notice
from store.processing.ledger import Ledger
from store.reading.deliveries import list_deliveries
from store.reading.events import (
    events_finished_after,
    get_event,
    last_finish,
    list_events,
    sync_of_event,
)
from store.reading.units import changes_of_event, list_changes
from store.records import (
    ChangeSource,
    Event,
    EventState,
    NotificationKind,
    Outcome,
    Reason,
    Unit,
)
from tests.stand_ins.arrivals import START, accepted, look, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Receipt

    Deliver = Callable[..., list[Receipt]]
    End = Callable[[Callable[[queue.Claim], Finish]], int]

DONE = Finish(state=EventState.PROCESSED, outcome=Outcome.UPDATED)
FAILED = Finish(state=EventState.FAILED, error="It cannot be done.")
UNIT: dict[str, Any] = {
    "connection_id": "conn_abc123",
    "property_id": "prop_001",
    "unit_id": "unit_101",
    "unit_number": "101",
}
CHANGE = FieldChange(
    **UNIT,
    field="sqft",
    old=900,
    new={"é": [1, None]},
    affects_rubs=True,
    source=ChangeSource.EVENT,
)
NOTICE = Notice(kind=NotificationKind.RUBS, text="Look.", connection_id="conn_abc123")


def claim_all(database: Database) -> list[queue.Claim]:
    return database.write(lambda connection: queue.claim(connection, 10_000)).result(5)


def test_events_are_claimed_in_the_order_received(
    database: Database, deliver: Deliver, admit: Callable[[], int]
) -> None:
    # The sender's timestamps run backwards, and so does our clock.
    deliver(database, *(accepted(-n) if n % 4 else refused(n) for n in range(1, 41)))
    admit()

    claims = claim_all(database)

    assert [claim.id for claim in claims] == [n for n in range(1, 41) if n % 4]
    assert claims[0].facts == accepted(-1).facts
    assert claims[0].body == accepted(-1).body
    assert claims[0].received_at == accepted(-1).received_at


def test_admission_takes_the_oldest_first_and_each_once(
    database: Database, deliver: Deliver
) -> None:
    deliver(database, *(accepted(n) for n in range(5)), refused(5), accepted(0), accepted(6))
    seen = []
    while database.write(lambda connection: queue.admit(connection, 3)).result(5):
        seen.append([claim.id for claim in claim_all(database)])

    assert seen == [[1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 8]]
    connections = "SELECT connection_id, events, registered FROM connections"
    assert look(database.path, connections) == [("conn_abc123", 6, 0)]


class TestTurns:
    """What was put back goes before what is new, and what is new is written down when it ends."""

    @staticmethod
    def take(database: Database, limit: int, finished: int | None = None) -> list[int]:
        """The events of a turn, of which the first so many are finished."""

        def work(connection: Connection) -> list[int]:
            turn = queue.take_turn(connection, limit)
            if turn is None:
                return []
            done = turn.claims[:finished]
            finishing.finish(connection, [(claim, DONE) for claim in done], START)
            queue.end_turn(connection, turn, len(done))
            return [claim.id for claim in turn.claims]

        return database.write(work).result(5)

    @staticmethod
    def reopen(database: Database, *event_ids: int) -> None:
        for event_id in event_ids:
            database.write(partial(reopening.reopen, event_id=event_id)).result(5)

    def test_are_taken_in_the_order_received(self, database: Database, deliver: Deliver) -> None:
        deliver(database, accepted(1), refused(2), accepted(3), accepted(1), accepted(5))
        assert self.take(database, 3) == [1, 3]
        assert self.take(database, 3) == [5]
        assert self.take(database, 3) == []
        rows = "SELECT id, state, attempts, finish FROM events ORDER BY id"
        assert look(database.path, rows) == [
            (1, "processed", 1, 1),
            (3, "processed", 1, 2),
            (5, "processed", 1, 3),
        ]
        assert look(database.path, "SELECT events FROM connections") == [3]

    def test_begin_with_what_was_put_back(self, database: Database, deliver: Deliver) -> None:
        deliver(database, *(accepted(n) for n in range(1, 6)))
        assert self.take(database, 3) == [1, 2, 3]
        self.reopen(database, 3, 1)
        assert self.take(database, 3) == [1, 3, 4]
        assert look(database.path, "SELECT attempts FROM events ORDER BY id") == [2, 1, 2, 1]
        self.reopen(database, 2, 4)
        assert self.take(database, 2) == [2, 4]
        assert self.take(database, 2) == [5]

    @pytest.mark.parametrize("finished", range(5))
    def test_that_are_cut_short_go_on_where_they_were(
        self, database: Database, deliver: Deliver, finished: int
    ) -> None:
        deliver(database, accepted(1), accepted(2), refused(3), accepted(4), refused(5))
        self.take(database, 1)
        self.reopen(database, 1)
        assert self.take(database, 9, finished) == [1, 2, 4]
        assert self.take(database, 9) == [1, 2, 4][finished:]
        counted = "SELECT (SELECT count(*) FROM events), (SELECT events FROM connections)"
        assert look(database.path, counted) == [(3, 3)]
        assert look(database.path, "SELECT value FROM progress WHERE name = 'admitted'") == [5]

    def test_of_what_was_admitted_before_make_no_second_event(
        self, database: Database, deliver: Deliver, admit: Callable[[], int]
    ) -> None:
        deliver(database, accepted(1), accepted(2))
        admit()
        deliver(database, accepted(3))
        assert self.take(database, 9) == [1, 2, 3]
        assert look(database.path, "SELECT events FROM connections") == [3]


def test_a_claim_alone_changes_nothing(
    database: Database, deliver: Deliver, admit: Callable[[], int]
) -> None:
    deliver(database, accepted(1))
    admit()

    assert claim_all(database) == claim_all(database)


def test_the_end_of_processing_is_written_down_whole(
    database: Database, deliver: Deliver, finish: End, connection: Connection
) -> None:
    deliver(database, accepted(1), accepted(2))
    ends = {
        1: Finish(
            state=EventState.PROCESSED,
            outcome=Outcome.CREATED,
            changes=(CHANGE, CHANGE),
            notices=(NOTICE,),
        ),
        2: Finish(state=EventState.IGNORED, reason=Reason.STALE),
    }

    finish(lambda claim: ends[claim.id])

    first, second = get_event(connection, 1), get_event(connection, 2)
    assert first
    assert second
    assert (first.state, first.outcome) == (EventState.PROCESSED, Outcome.CREATED)
    assert first.reason is None
    assert (second.state, second.reason) == (EventState.IGNORED, Reason.STALE)
    assert first.attempts == second.attempts == 1
    assert first.processed_at == START
    assert [change.new for change in changes_of_event(connection, 1)] == [{"é": [1, None]}] * 2
    assert [notice.text for notice in notifications_of_event(connection, 1)] == ["Look."]
    assert changes_of_event(connection, 2) == []
    assert claim_all(database) == []


@pytest.mark.parametrize("step", ["after the records", "after the end"])
def test_a_batch_that_breaks_in_the_middle_leaves_nothing(
    database: Database, deliver: Deliver, connection: Connection, step: str
) -> None:
    deliver(database, accepted(1))
    before = [list_events(connection), list_deliveries(connection)]

    def batch(writing: Connection) -> None:
        queue.admit(writing, 10)
        (claim,) = queue.claim(writing, 10)
        ledger = Ledger(writing)
        ledger.put(Unit(connection_id="conn_abc123", unit_id="unit_101", sqft=950))
        ledger.flush()
        if step == "after the records":
            raise ArithmeticError(step)
        end = Finish(state=EventState.PROCESSED, changes=(CHANGE,), notices=(NOTICE,))
        finishing.finish(writing, [(claim, end)], START)
        raise ArithmeticError(step)

    with pytest.raises(ArithmeticError, match=step):
        database.write(batch).result(5)

    assert [list_events(connection), list_deliveries(connection)] == before
    for table in ("events", "units", "changes", "notifications", "connections"):
        assert look(database.path, f"SELECT count(*) FROM {table}") == [0]
    # The writer goes on, and the same event can be processed after all.
    assert database.write(lambda writing: queue.admit(writing, 10)).result(5) == 1
    assert [claim.id for claim in claim_all(database)] == [1]


def test_a_mistake_in_sql_is_said_as_a_sentence_and_leaves_nothing(
    database: Database, connection: Connection
) -> None:
    def work(writing: Connection) -> None:
        writing.exec_driver_sql("INSERT INTO progress (name, value) VALUES ('x', 1)")
        writing.exec_driver_sql("INSERT INTO progress (name, value) VALUES ('x', 2)")

    with pytest.raises(StoreRejectedError, match="does not take what was to be written: UNIQUE"):
        database.write(work).result(5)

    assert look(database.path, "SELECT count(*) FROM progress WHERE name = 'x'") == [0]


def test_what_is_there_is_never_written_over(database: Database, deliver: Deliver) -> None:
    deliver(database, accepted(1), accepted(2))

    def end_the_second_and_then_both(writing: Connection) -> None:
        turn = queue.take_turn(writing, 10)
        assert turn is not None
        claims = turn.claims
        finishing.finish(writing, [(claims[1], DONE)], START)
        finishing.finish(writing, [(claim, FAILED) for claim in claims], START)

    with pytest.raises(StoreRejectedError, match="UNIQUE"):
        database.write(end_the_second_and_then_both).result(5)
    # Of a batch that fails in its middle nothing stays, and all of it can be processed after all.
    assert look(database.path, "SELECT count(*) FROM events") == [0]
    assert database.write(lambda writing: queue.admit(writing, 10)).result(5) == 2


def test_even_work_that_wants_to_end_the_program_does_not_end_the_writer(
    database: Database, deliver: Deliver
) -> None:
    def work(writing: Connection) -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        database.write(work).result(5)

    assert deliver(database, accepted(1))[0].delivery_id == 1


class TestReopening:
    """`reprocess`: an event goes through the queue again."""

    @pytest.fixture(autouse=True)
    def processed(self, database: Database, deliver: Deliver, finish: End) -> None:
        deliver(database, accepted(1), accepted(2), accepted(3), accepted(2))
        ends = {1: DONE, 2: Finish(state=EventState.FAILED, error="It broke."), 3: DONE}
        finish(lambda claim: ends[claim.id])

    def reopen(self, database: Database, event_id: int, **how: bool) -> bool:
        return database.write(lambda writing: reopening.reopen(writing, event_id, **how)).result(5)

    def test_puts_it_back_without_a_trace_of_the_last_end(
        self, database: Database, connection: Connection
    ) -> None:
        assert self.reopen(database, 2, force=True)

        event = get_event(connection, 2)
        assert event
        assert (event.state, event.outcome, event.error) == (EventState.PENDING, None, None)
        assert event.processed_at is None
        assert event.deliveries == 2
        (claim,) = claim_all(database)
        assert (claim.id, claim.attempts, claim.forced) == (2, 1, True)

    def test_forces_once_only(self, database: Database, finish: End) -> None:
        self.reopen(database, 1, force=True)
        finish(lambda _: DONE)
        self.reopen(database, 1)

        (claim,) = claim_all(database)
        assert (claim.forced, claim.attempts) == (False, 2)

    def test_of_what_is_in_the_queue_already_does_nothing(self, database: Database) -> None:
        self.reopen(database, 1, force=True)

        assert not self.reopen(database, 1)
        assert claim_all(database)[0].forced

    def test_of_what_does_not_exist_does_nothing(self, database: Database) -> None:
        assert not self.reopen(database, 4)
        assert not self.reopen(database, 99)

    def test_of_an_event_without_its_body_does_nothing(self, database: Database) -> None:
        database.write(
            lambda writing: writing.exec_driver_sql("DELETE FROM deliveries WHERE id = 3").close()
        ).result(5)

        assert not self.reopen(database, 3)

    def test_that_breaks_leaves_it_as_it_was(
        self, database: Database, connection: Connection
    ) -> None:
        before = get_event(connection, 1)

        def work(writing: Connection) -> None:
            assert reopening.reopen(writing, 1)
            raise ArithmeticError

        with pytest.raises(ArithmeticError):
            database.write(work).result(5)

        assert get_event(connection, 1) == before

    def test_keeps_the_order_received(self, database: Database) -> None:
        for event_id in (3, 1, 2):
            self.reopen(database, event_id)

        assert [claim.id for claim in claim_all(database)] == [1, 2, 3]

    def test_of_a_synchronisation_records_it_anew(
        self, database: Database, deliver: Deliver, finish: End, connection: Connection
    ) -> None:
        def end(number: int) -> Callable[[queue.Claim], Finish]:
            body: dict[str, Any] = {"sync_id": "sync_1", "stats": {"units": number}}
            return lambda _: Finish(state=EventState.PROCESSED, sync=body)

        deliver(database, accepted(9, event="sync.complete"))
        finish(end(1))
        self.reopen(database, 5)
        finish(end(2))

        sync = sync_of_event(connection, 5)
        assert sync
        assert sync.stats == {"units": 2}

    def test_a_follower_sees_every_end_once_and_in_order(
        self, database: Database, finish: End, connection: Connection
    ) -> None:
        seen = last_finish(connection)
        assert _ids(events_finished_after(connection, 0)) == [1, 2, 3]
        self.reopen(database, 3)
        self.reopen(database, 1)
        finish(lambda _: DONE)

        first = events_finished_after(connection, seen, limit=1)
        second = events_finished_after(connection, first[0], limit=1)

        assert (_ids(first), _ids(second)) == ([1], [3])
        assert second[0] == last_finish(connection) == seen + 2
        assert events_finished_after(connection, second[0]) == (second[0], [])

    def test_a_follower_is_told_of_the_ends_that_it_wants_and_passes_the_others(
        self, connection: Connection
    ) -> None:
        ended = events_finished_after(connection, 0, wanted={2, 9})

        assert (ended[0], _ids(ended)) == (last_finish(connection), [2])
        assert events_finished_after(connection, 0, wanted=set()) == (ended[0], [])

    def test_a_follower_is_not_told_that_a_pending_event_ended(
        self, database: Database, connection: Connection
    ) -> None:
        self.reopen(database, 2)

        assert _ids(events_finished_after(connection, 0)) == [1, 3]


def _ids(ended: tuple[int, list[Event]]) -> list[int]:
    return [event.id for event in ended[1]]


def test_changes_and_notifications_are_listed_newest_first(
    database: Database, deliver: Deliver, finish: End, connection: Connection
) -> None:
    deliver(database, *(accepted(n) for n in range(3)))
    finish(lambda _: Finish(state=EventState.PROCESSED, changes=(CHANGE,), notices=(NOTICE,)))

    assert [change.event_id for change in list_changes(connection)] == [3, 2, 1]
    assert [notice.event_id for notice in list_notifications(connection, limit=2)] == [3, 2]


@pytest.mark.parametrize("admitted", [False, True], ids=["new", "put back"])
def test_a_turn_of_large_bodies_has_few_and_none_is_left_out(
    database: Database,
    deliver: Deliver,
    admit: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    admitted: bool,
) -> None:
    monkeypatch.setattr(queue, "_MOST_BYTES", 25_000)
    deliver(database, *(accepted(number, padding=10_000) for number in range(10)))
    if admitted:
        admit()
    deliver(database, *(accepted(number) for number in range(10, 13)))
    turns = []

    def take(connection: Connection) -> bool:
        turn = queue.take_turn(connection, 100)
        if turn is None:
            return False
        finishing.finish(connection, [(claim, DONE) for claim in turn.claims], START)
        queue.end_turn(connection, turn, len(turn.claims))
        turns.append([claim.id for claim in turn.claims])
        return True

    while database.write(take).result(5):
        pass
    assert turns[:3] == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert [number for turn in turns for number in turn] == list(range(1, 14))
