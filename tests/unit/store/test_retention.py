"""What is pruned, and what must never be."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.errors import StoreInUseError
from store.loading import Import, load
from store.processing import finishing, queue
from store.processing.effects import Finish
from store.pruning.retention import compact, count_prunable, prune_some
from store.reader import Reader
from store.reading.deliveries import list_deliveries
from store.reading.filters import Filters
from store.reading.search import index_batch
from store.records import EventState
from tests.stand_ins.arrivals import START, accepted, look, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from store.records import Arrival, Receipt

    Deliver = Callable[..., list[Receipt]]

_LATER = START + timedelta(days=1)


def prune(database: Database, keep: int = 0, before: object = _LATER) -> int:
    deleted, after = 0, 0
    while True:
        done = database.write(lambda c: prune_some(c, before, keep, after)).result(5)  # type: ignore[arg-type]  # noqa: B023
        deleted += done.deleted
        if done.after is None:
            return deleted
        after = done.after


def process(database: Database) -> None:
    def work(connection: Connection) -> None:
        queue.admit(connection, 10_000)
        claims = queue.claim(connection, 10_000)
        end = Finish(state=EventState.PROCESSED)
        finishing.finish(connection, [(claim, end) for claim in claims], START)

    database.write(work).result(5)


def test_what_is_not_processed_yet_stays(path: Path, database: Database, deliver: Deliver) -> None:
    deliver(database, accepted(1), refused(2))
    process(database)
    deliver(database, accepted(3), accepted(1))
    database.write(lambda connection: queue.admit(connection, 1)).result(5)

    assert prune(database) == 2
    assert look(path, "SELECT id FROM deliveries") == [3, 4]
    process(database)
    assert prune(database) == 2
    assert look(path, "SELECT id FROM events") == [1, 3]


def test_what_waits_to_be_passed_on_stays(path: Path, database: Database, deliver: Deliver) -> None:
    deliver(database, accepted(1), accepted(2), accepted(3))
    process(database)
    states = ("waiting", "held", "delivered")

    def enlist(connection: Connection) -> None:
        for number, state in enumerate(states, start=1):
            connection.exec_driver_sql(
                "INSERT INTO forwards (id, delivery_id, target, state) VALUES (?, ?, 't', ?)",
                (number, number, state),
            )
            connection.exec_driver_sql(
                "INSERT INTO forward_attempts (forward_id, at, ms, headers, body, size)"
                " VALUES (?, 0, 1, x'', x'', 0)",
                (number,),
            )

    database.write(enlist).result(5)

    assert prune(database) == 1
    assert look(path, "SELECT id FROM deliveries") == [1, 2]
    assert look(path, "SELECT id FROM forwards") == [1, 2]
    assert look(path, "SELECT forward_id FROM forward_attempts") == [1, 2]


def test_only_what_is_older_goes_and_the_count_said_so(
    path: Path, database: Database, deliver: Deliver
) -> None:
    for number in range(300):
        deliver(database, refused(number) if number % 3 == 0 else accepted(number))
    process(database)
    before = START + timedelta(seconds=250)
    reader = Reader(path)
    with reader.connect() as connection:
        found = count_prunable(connection, before, 100)
    reader.close()

    assert (found.deliveries, found.kept) == (200, 100)
    assert prune(database, 100, before) == 200
    assert look(path, "SELECT min(id), count(*) FROM deliveries") == [(201, 100)]


def test_a_late_retry_of_what_was_pruned_is_a_duplicate_also_after_a_restart(
    path: Path, deliver: Deliver
) -> None:
    database = Database(path, with_sample=False)
    deliver(database, accepted(1), refused(2))
    process(database)
    assert prune(database) == 2
    database.close()

    database = Database(path, with_sample=False)
    receipts = deliver(database, accepted(1), accepted(2))
    database.close()

    assert [(r.delivery_id, r.event_id, r.duplicate) for r in receipts] == [
        (3, 1, True),
        (4, 4, False),
    ]


def test_search_does_not_find_what_was_pruned(
    path: Path, database: Database, deliver: Deliver
) -> None:
    deliver(database, *(accepted(number) for number in range(1, 6)))
    process(database)
    while database.write(index_batch).result(5):
        pass
    prune(database, keep=2)

    reader = Reader(path)
    with reader.connect() as connection:
        found = list_deliveries(connection, Filters(search="unit_101"))
    reader.close()
    assert [each.id for each in found] == [5, 4]
    assert look(path, "SELECT rowid FROM search_index('uni')") == [4, 5]


def test_pruned_refusals_do_not_push_others_out(
    database: Database, deliver: Deliver, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setattr("store.writing.refused_rows.REFUSED_KEPT", 10)
    monkeypatch.setattr("store.writing.refused_rows._SLACK", 2)
    deliver(database, *(refused(number) for number in range(10)))
    process(database)
    assert prune(database) == 10

    deliver(database, *(refused(number) for number in range(10, 20)))
    database.close()

    assert look(path, "SELECT count(*) FROM deliveries") == [10]


def test_the_space_is_given_back_when_nobody_uses_the_store(path: Path, deliver: Deliver) -> None:
    database = Database(path, with_sample=False)
    deliver(database, *(accepted(number, padding=20_000) for number in range(40)))
    process(database)
    prune(database)
    with pytest.raises(StoreInUseError):
        compact(path)
    database.close()
    size = path.stat().st_size

    freed = compact(path)

    assert freed > 600_000
    assert path.stat().st_size == size - freed
    assert compact(path) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    Database(path).close()


def test_an_import_that_fails_leaves_nothing(path: Path, deliver: Deliver) -> None:
    database = Database(path, with_sample=False)

    def broken() -> object:
        yield Import(id=7, arrival=accepted(1))
        raise OSError("the file is gone")

    failing = database.load(lambda c, append: load(c, append, broken()))  # type: ignore[arg-type]
    with pytest.raises(OSError, match="gone"):
        failing.result(5)
    assert look(path, "SELECT count(*) FROM deliveries") == [0]

    # Whatever is written next must not take over what was rolled back.
    database.write(lambda connection: connection.exec_driver_sql("SELECT 1").all()).result(5)
    receipt = deliver(database, accepted(1))[0]
    assert (receipt.delivery_id, receipt.event_id, receipt.duplicate) == (1, 1, False)
    database.close()


def test_an_import_is_numbered_anew_and_its_replays_follow(
    path: Path, database: Database, deliver: Deliver
) -> None:
    deliver(database, accepted(1))
    imports = [
        _import(11, accepted(1)),
        _import(12, accepted(2)),
        _import(13, refused(3), diagnosis="unknown_secret"),
        _import(14, accepted(2, replay_of=12, received_at=_LATER)),
        _import(15, accepted(4, replay_of=3)),
        _import(16, accepted(1, replay_of=11, received_at=_LATER)),
    ]

    loaded = database.load(lambda c, append: load(c, append, imports)).result(5)

    assert (loaded.new, loaded.known) == (5, 1)
    assert look(path, "SELECT id, event_id, replay_of FROM deliveries") == [
        (1, 1, None),
        (2, 2, None),
        (3, None, None),
        (4, 2, 2),
        (5, 5, None),
        (6, 1, 1),
    ]
    assert look(path, "SELECT delivery_id, code FROM diagnoses") == [(3, "unknown_secret")]
    assert [receipt.delivery_id for receipt in deliver(database, accepted(9))] == [7]


def _import(number: int, arrival: Arrival, diagnosis: str | None = None) -> Import:
    return Import(id=number, arrival=arrival, ack_ms=1.5, diagnosis=diagnosis)
