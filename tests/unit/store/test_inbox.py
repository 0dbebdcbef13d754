"""Numbers, identities and bounds: what the writer decides about each arrival."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreUnavailableError
from store.headers import encode_headers
from store.processing import queue
from store.reading.deliveries import list_deliveries, note_diagnosis
from store.reading.events import list_events
from store.reading.filters import Filters
from store.records import Receipt, Verdict
from store.writing import identities, inbox, refused_rows
from tests.stand_ins.arrivals import HEADERS, accepted, look, refused
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    Deliver = Callable[..., list[Receipt]]


def test_deliveries_are_numbered_in_the_order_they_came(
    database: Database, deliver: Deliver
) -> None:
    receipts = deliver(database, *(accepted(number) for number in range(300)))

    assert [receipt.delivery_id for receipt in receipts] == list(range(1, 301))


def test_a_refused_delivery_makes_no_event(database: Database, deliver: Deliver) -> None:
    assert deliver(database, refused(1)) == [Receipt(1, None, duplicate=False)]


class TestARepeatedEventIsADuplicateOfTheFirst:
    """Whatever has become of the first meanwhile."""

    def test_while_it_waits_to_be_admitted(self, database: Database, deliver: Deliver) -> None:
        deliver(database, accepted(7))

        assert deliver(database, accepted(7)) == [Receipt(2, 1, duplicate=True)]

    def test_after_it_was_admitted(
        self, database: Database, deliver: Deliver, admit: Callable[[], int]
    ) -> None:
        deliver(database, accepted(7))
        admit()

        assert deliver(database, accepted(7)) == [Receipt(2, 1, duplicate=True)]

    @pytest.mark.parametrize("admitted", [False, True], ids=["before", "after"])
    def test_after_a_restart_before_or_after_admission(
        self, path: Path, deliver: Deliver, admitted: bool
    ) -> None:
        first = Database(path)
        deliver(first, refused(1), accepted(7), accepted(8))
        if admitted:
            first.write(lambda connection: queue.admit(connection, 10_000)).result(5)
        first.close()

        again = Database(path)
        receipts = deliver(again, accepted(8), accepted(7), accepted(9))
        again.close()

        assert receipts == [
            Receipt(4, 3, duplicate=True),
            Receipt(5, 2, duplicate=True),
            Receipt(6, 6, duplicate=False),
        ]

    def test_within_one_batch(self, database: Database) -> None:
        # A transaction of the writer's own holds one batch together.
        arrivals = [accepted(1), accepted(2), accepted(1), refused(3), accepted(2), accepted(1)]

        def batch(connection: Connection) -> list[Receipt]:
            return inbox.Inbox(connection).append(connection, arrivals)

        receipts = database.write(batch).result(5)

        assert [receipt.event_id for receipt in receipts] == [1, 2, 1, None, 2, 1]
        repeated = [index for index, receipt in enumerate(receipts) if receipt.duplicate]
        assert repeated == [2, 4, 5]

    def test_of_sixty_four_at_once_exactly_one_is_new(
        self, database: Database, deliver: Deliver
    ) -> None:
        receipts = deliver(database, *(accepted(7) for _ in range(64)))

        assert sorted(receipt.delivery_id for receipt in receipts) == list(range(1, 65))
        assert [receipt for receipt in receipts if not receipt.duplicate] == [
            Receipt(1, 1, duplicate=False)
        ]
        assert {receipt.event_id for receipt in receipts} == {1}
        assert look(database.path, "SELECT count(*) FROM deliveries WHERE event_id = id") == [1]

    def test_when_memory_holds_only_the_newest_identities(
        self,
        path: Path,
        deliver: Deliver,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(identities, "REMEMBERED", 10)
        monkeypatch.setattr(identities, "_SPAN", 5)
        database = Database(path)
        deliver(database, *(accepted(number) for number in range(40)))
        database.write(lambda connection: queue.admit(connection, 10_000)).result(5)
        deliver(database, *(accepted(number) for number in range(40, 80)))
        deliver(database, accepted(80))
        assert len(database._writer._commits.inbox._known) < 80

        receipts = deliver(database, *(accepted(number) for number in range(81)))
        database.close()

        assert all(receipt.duplicate for receipt in receipts)
        assert [receipt.event_id for receipt in receipts] == list(range(1, 82))

    @pytest.mark.parametrize("restarted", [False, True])
    def test_however_their_times_are_ordered(
        self, path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, restarted: bool
    ) -> None:
        monkeypatch.setattr(identities, "REMEMBERED", 10)
        monkeypatch.setattr(identities, "_SPAN", 5)
        database = Database(path)
        latest_first = [accepted(number) for number in reversed(range(100, 140))]
        database.load(lambda _, append: append(latest_first)).result(5)
        if restarted:
            database.close()
            database = Database(path)
        database.write(lambda connection: queue.admit(connection, 10_000)).result(5)
        deliver(database, *(accepted(number) for number in range(40)))
        deliver(database, accepted(40))
        known = database._writer._commits.inbox._known
        assert not any(each.facts and each.facts.identity in known for each in latest_first)

        receipts = deliver(database, *latest_first)
        database.close()

        assert [receipt.event_id for receipt in receipts] == list(range(1, 41))


def test_memory_is_bounded_without_a_pause(
    path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "REMEMBERED", 10)
    monkeypatch.setattr(identities, "_SPAN", 5)
    database = Database(path)
    most = 0
    for start in range(0, 1_000, 10):
        deliver(database, *(accepted(number) for number in range(start, start + 10)))
        database.write(lambda connection: queue.admit(connection, 100)).result(5)
        most = max(most, len(database._writer._commits.inbox._known))
    database.close()

    assert most <= 10 + 2 * 10


def test_memory_is_bounded_though_nothing_is_processed(
    path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "REMEMBERED", 10)
    monkeypatch.setattr(identities, "_SPAN", 5)
    monkeypatch.setattr(inbox, "_MOST_WAITING", 100)
    monkeypatch.setattr(inbox, "_AHEAD", 4)
    database = Database(path)
    most, events = 0, []
    for start in range(0, 1_000, 10):
        deliver(database, *(accepted(number) for number in range(start, start + 10)))
        most = max(most, len(database._writer._commits.inbox._known))
        events += look(path, "SELECT count(*) FROM events")
    again = deliver(database, *(accepted(number) for number in range(0, 1_000, 7)))
    database.close()

    assert most <= 100 + 10 + 3 * 10
    assert events[8] == 0  # nothing before it has to be
    assert 850 < events[-1] < 950
    # They are pending, and wait for their turn among the others.
    assert look(path, "SELECT DISTINCT state FROM events") == ["pending"]
    assert [receipt.event_id for receipt in again] == list(range(1, 1_001, 7))


def test_without_too_many_waiting_all_of_them_are_remembered(
    path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identities, "REMEMBERED", 10)
    monkeypatch.setattr(identities, "_SPAN", 5)
    database = Database(path)
    for start in range(0, 50, 5):
        deliver(database, *(accepted(number) for number in range(start, start + 5)))
    assert len(database._writer._commits.inbox._known) == 50
    database.close()


class TestEviction:
    """Rows that strangers can make give way; accepted ones never do."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(refused_rows, "REFUSED_KEPT", 30)
        monkeypatch.setattr(refused_rows, "_SLACK", 5)
        monkeypatch.setattr(refused_rows, "_EVICTED_AT_ONCE", 20)

    @pytest.fixture
    def small_store(self, path: Path) -> Iterator[Database]:
        opened = Database(path, with_sample=False)
        yield opened
        opened.close()

    def test_the_oldest_refused_go_and_everything_accepted_stays(
        self, small_store: Database, deliver: Deliver
    ) -> None:
        kinds = [accepted(n) if n % 3 == 0 else refused(n) for n in range(300)]
        kept = [receipt for receipt in deliver(small_store, *kinds) if receipt.event_id]

        settle(small_store, 30)

        accepted_rows = "SELECT id, event_id FROM deliveries WHERE event_id IS NOT NULL ORDER BY id"
        assert look(small_store.path, accepted_rows) == [
            (receipt.delivery_id, receipt.event_id) for receipt in kept
        ]
        newest = [n + 1 for n in range(300) if n % 3][-30:]
        refused_rows = "SELECT id FROM deliveries WHERE event_id IS NULL ORDER BY id"
        assert look(small_store.path, refused_rows) == newest

    def test_what_belongs_to_them_goes_with_them(
        self, small_store: Database, deliver: Deliver
    ) -> None:
        for receipt in deliver(small_store, *(refused(n) for n in range(20))):
            small_store.note_answer(receipt.delivery_id, 1.5)
            small_store.write(partial(diagnose, receipt.delivery_id))
        beside = "SELECT (SELECT count(*) FROM acknowledgements), (SELECT count(*) FROM diagnoses)"
        wait_until(lambda: look(small_store.path, beside) == [(20, 20)], "both written")

        deliver(small_store, *(refused(n) for n in range(20, 120)))
        settle(small_store, 30)

        assert look(small_store.path, beside) == [(0, 0)]

    def test_a_late_diagnosis_of_an_evicted_delivery_is_not_kept(
        self, small_store: Database, deliver: Deliver
    ) -> None:
        deliver(small_store, *(refused(n) for n in range(100)))
        settle(small_store, 30)

        small_store.write(partial(diagnose, 1)).result(5)

        assert look(small_store.path, "SELECT count(*) FROM diagnoses") == [0]

    def test_a_flood_without_a_pause_is_bounded_too(
        self, small_store: Database, deliver: Deliver
    ) -> None:
        count = "SELECT count(*) FROM deliveries WHERE event_id IS NULL"
        most = 0
        for start in range(0, 2_000, 20):
            deliver(small_store, *(refused(n) for n in range(start, start + 20)))
            most = max(most, look(small_store.path, count)[0])

        assert most < 30 + 4 * 5 + 2 * 20

    def test_few_large_ones_are_bounded_by_their_bytes(
        self, path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(refused_rows, "REFUSED_BYTES", 100_000)
        monkeypatch.setattr(refused_rows, "_SLACK_BYTES", 10_000)
        small_store = Database(path)
        wide = tuple((b"X-Filler", b"x" * 8_000) for _ in range(5))

        deliver(small_store, *(refused(n, headers=wide) for n in range(20)))

        size = "SELECT sum(length(headers) + length(body)) FROM deliveries"
        wait_until(lambda: look(path, size)[0] <= 110_000, "the bound by bytes")
        assert look(path, "SELECT max(id) FROM deliveries") == [20]
        small_store.close()

    @pytest.mark.parametrize("bound", ["rows", "bytes"])
    def test_what_an_earlier_run_left_counts_too(
        self, path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, bound: str
    ) -> None:
        if bound == "bytes":
            monkeypatch.setattr(refused_rows, "REFUSED_KEPT", 10_000)
            monkeypatch.setattr(refused_rows, "REFUSED_BYTES", 30_000)
            monkeypatch.setattr(refused_rows, "_SLACK_BYTES", 5_000)
        body = b"x" * (1_000 - len(encode_headers(HEADERS)))
        for start in (0, 25):
            opened = Database(path)
            deliver(opened, *(refused(n, body=body) for n in range(start, start + 25)))
            if start:
                settle(opened, 30)
            opened.close()

        assert look(path, "SELECT id FROM deliveries ORDER BY id") == list(range(21, 51))

    @pytest.mark.parametrize("kept", [0, 30])
    def test_a_number_is_never_given_twice_even_after_a_restart(
        self, path: Path, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, kept: int
    ) -> None:
        monkeypatch.setattr(refused_rows, "REFUSED_KEPT", kept)
        monkeypatch.setattr(refused_rows, "_SLACK", 0)
        first = Database(path)
        deliver(first, *(refused(n) for n in range(60)))
        settle(first, kept)
        first.close()

        second = Database(path)
        (receipt,) = deliver(second, accepted(1))
        second.close()

        assert receipt == Receipt(61, 61, duplicate=False)

    def test_listings_agree_with_what_is_left(
        self, small_store: Database, deliver: Deliver, connection: Connection
    ) -> None:
        deliver(small_store, *(accepted(n) if n % 5 == 0 else refused(n) for n in range(200)))
        settle(small_store, 30)

        assert len(list_deliveries(connection, Filters(verdict=Verdict.INVALID), limit=0)) == 30
        assert len(list_deliveries(connection, limit=0)) == 70
        assert len(list_events(connection, limit=0)) == 40

    @pytest.fixture
    def database(self, small_store: Database) -> Database:
        """The one store of these tests, for the fixtures that look at it."""
        return small_store


def diagnose(delivery_id: int, connection: Connection) -> None:
    note_diagnosis(connection, delivery_id, "malformed", "It is.")


def settle(database: Database, kept: int) -> None:
    count = "SELECT count(*) FROM deliveries WHERE event_id IS NULL"
    wait_until(lambda: look(database.path, count)[0] <= kept + 5, "eviction")
    # One more turn of the writer, so that what it is doing has ended.
    database.write(lambda _: None).result(5)
    wait_until(lambda: not database._writer._commits.inbox.refused.untidy, "eviction")


@pytest.mark.parametrize(
    "poison",
    [{"path": "/\udcff"}, {"replay_of": 2**70}, {"path": object()}],
    ids=["a text that is no Unicode", "a number beyond 64 bits", "no text at all"],
)
def test_an_arrival_that_cannot_be_written_takes_no_other_with_it(
    database: Database, deliver: Deliver, poison: dict[str, object]
) -> None:
    arrivals = [accepted(n) for n in range(40)]
    arrivals[17] = arrivals[17]._replace(**poison)  # type: ignore[arg-type]
    results: list[object] = []

    async def all_at_once() -> None:
        results.extend(
            await asyncio.gather(
                *(database.append(arrival, 5) for arrival in arrivals), return_exceptions=True
            )
        )

    asyncio.run(all_at_once())

    assert isinstance(results[17], StoreUnavailableError)
    others = [result for index, result in enumerate(results) if index != 17]
    assert all(isinstance(receipt, Receipt) for receipt in others)
    assert look(database.path, "SELECT id FROM deliveries ORDER BY id") == list(range(1, 40))
    assert deliver(database, accepted(17)) == [Receipt(40, 40, duplicate=False)]
