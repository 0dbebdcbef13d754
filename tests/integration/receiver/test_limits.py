"""Limits of what is kept, held by a running receiver in the background."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.checking.gathering import gather_facts
from receiver.background import pruner
from receiver.checks import CheckName, CheckStatus, run_checks
from store.database import Database
from store.loading import Import, load
from store.pruning import retention
from tests.conftest import wait_until
from tests.stand_ins.application import Application
from tests.stand_ins.arrivals import accepted, look, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from meterbase_tui.settings import Settings
    from receiver.checks import Check
    from tests.conftest import Bench

    OpenBench = Callable[..., AbstractContextManager[Bench]]

NOW = datetime.now(UTC)
IDS = "SELECT id FROM deliveries ORDER BY id"


def fill(path: Path, *, old: int = 0, new: int = 0, refused_new: int = 0, padding: int = 0) -> None:
    """Deliveries that are 40 days old and such of today, accepted and refused."""
    database = Database(path)
    days_ago = NOW - timedelta(days=40)
    imports = [
        Import(id=n, arrival=accepted(n, received_at=days_ago, padding=padding)) for n in range(old)
    ]
    imports += [
        Import(id=old + n, arrival=accepted(old + n, received_at=NOW, padding=padding))
        for n in range(new)
    ]
    imports += [
        Import(id=10_000 + n, arrival=refused(n, body=b"%d" % n, received_at=NOW))
        for n in range(refused_new)
    ]
    try:
        database.load(lambda c, append: load(c, append, imports)).result(60)
    finally:
        database.close()


def count(settings: Settings) -> int:
    return int(look(settings.db, "SELECT count(*) FROM deliveries")[0])


def retention_check(bench: Bench) -> Check:
    checks = run_checks(gather_facts(bench.settings, bench.runtime))
    return next(check for check in checks if check.name is CheckName.RETENTION)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks again and again, as a minute is long for a test."""
    monkeypatch.setattr(pruner, "_EVERY_S", 0.05)


def test_nothing_is_deleted_by_itself(open_bench: OpenBench, settings: Settings) -> None:
    fill(settings.db, old=5)
    with open_bench() as bench:
        bench.settle()
        assert count(settings) == 5
        check = retention_check(bench)
        assert check.status is CheckStatus.SKIP
        assert "Nothing is deleted by itself" in check.detail


@pytest.mark.usefixtures("soon")
def test_what_is_too_old_goes_once_it_is_processed(
    open_bench: OpenBench, settings: Settings
) -> None:
    fill(settings.db, old=120, new=3)
    with open_bench(keep_days=30) as bench:
        wait_until(lambda: count(settings) == 3, "only the new ones are left", 60)
        assert len(bench.settle()) == 123
        wait_until(lambda: bench.service.retention.left == 0, "it is told")
        assert bench.service.retention.deleted == 120
        check = retention_check(bench)
        assert check.status is CheckStatus.PASS
        assert "not older than 30 days" in check.detail
        assert "120 deliveries were deleted" in check.detail
    assert look(settings.db, "SELECT count(*) FROM search_index('uni')")[0] <= 4


@pytest.mark.usefixtures("soon")
def test_refused_ones_go_before_accepted_ones(open_bench: OpenBench, settings: Settings) -> None:
    fill(settings.db, new=6, refused_new=10)
    with open_bench(keep_deliveries=9) as bench:
        wait_until(lambda: count(settings) == 9, "the limit is held", 60)
        assert look(settings.db, IDS) == [1, 2, 3, 4, 5, 6, 14, 15, 16]
        for number in range(5):
            bench.post(b"x%d" % number, signature="sha256=" + 64 * "0")
        wait_until(lambda: count(settings) == 9, "the limit is held again", 60)
        assert look(settings.db, IDS)[:6] == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("soon")
def test_a_limit_of_bytes_is_held(open_bench: OpenBench, settings: Settings) -> None:
    fill(settings.db, new=60, padding=40_000)
    sizes = "SELECT sum(length(headers) + length(body)) FROM deliveries"
    with open_bench(keep_size=1_000_000):
        wait_until(lambda: look(settings.db, sizes)[0] <= 1_000_000, "the limit is held", 60)
        left = look(settings.db, IDS)
        assert left == list(range(left[0], 61))
        assert look(settings.db, sizes)[0] > 950_000


@pytest.mark.usefixtures("soon")
def test_what_waits_to_be_passed_on_stays_and_the_check_says_why(
    open_bench: OpenBench, settings: Settings
) -> None:
    application = Application(b"x")
    application.hang_up()
    with open_bench(forward_to=application.url, keep_deliveries=2) as bench:
        body = {"event": "data.update", "timestamp": "2026-03-25T15:00:00Z"}
        unit = {"id": "unit_1", "property_id": "prop_001"}
        for number in range(5):
            full = body | {"connection_id": "conn_abc123", "resource_type": "unit"}
            bench.deliver(full | {"data": unit | {"n": number}})

        def crowded() -> bool:
            return retention_check(bench).status is CheckStatus.WARN

        wait_until(crowded, "the check warns", 60)
        assert count(settings) == 5
        assert "waits to be passed on" in retention_check(bench).detail
        application.listen()
        wait_until(lambda: count(settings) == 2, "they were passed on, and go", 60)
        assert len({received.body for received in application.log}) == 5
    application.close()


def test_what_is_deleted_at_a_time_is_bounded(
    open_bench: OpenBench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruner, "_EVERY_S", 0.05)
    real = retention.delete_chosen
    batches: list[list[int]] = []

    def delete(connection: Any, selection: Any, ids: list[int]) -> int:
        batches.append(ids)
        return real(connection, selection, ids)

    monkeypatch.setattr(pruner, "delete_chosen", delete)
    fill(settings.db, old=100)
    with open_bench(keep_days=1):
        wait_until(lambda: count(settings) == 0, "all are gone", 60)
    assert max(map(len, batches)) <= 32
    # One that is larger than a batch goes alone.
    split = list(pruner._split([(1, 5), (2, 40_000), (3, 5), (4, 32_760), (5, 4)]))
    assert split == [[1], [2], [3, 4], [5]]


def test_while_deliveries_come_it_holds_back(
    open_bench: OpenBench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruner, "_EVERY_S", 0.05)
    real = retention.delete_chosen
    rests: list[float] = []

    def delete(connection: Any, selection: Any, ids: list[int]) -> int:
        time.sleep(0.01)
        return real(connection, selection, ids)

    rest = pruner.Pruner._rest

    def note(held: pruner.Pruner, seconds: float) -> None:
        rests.append(seconds)
        rest(held, seconds)

    monkeypatch.setattr(pruner, "delete_chosen", delete)
    monkeypatch.setattr(pruner.Pruner, "_rest", note)
    fill(settings.db, old=300)
    with monkeypatch.context() as busy:
        # As if something came all the time.
        busy.setattr(pruner, "_QUIET_S", float("inf"))
        with open_bench(keep_days=1):
            wait_until(lambda: rests, "some go all the same", 60)
            # Half a percent of the writer's time, at most.
            assert rests[0] >= 199 * 0.01
            assert count(settings) >= 300 - 2 * 32
    with open_bench(keep_days=1) as bench:
        bench.service._pruner._arrived = -60.0
        wait_until(lambda: count(settings) == 0, "the rest goes in a pause", 60)
    assert min(rests) < 199 * 0.01


def test_what_came_to_be_needed_is_not_tried_again_in_the_same_round(
    open_bench: OpenBench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def delete_nothing(_connection: Any, _selection: Any, ids: list[int]) -> int:
        tried.extend(ids)
        assert len(tried) < 100, "it goes round and round"
        return 0

    # The only round is the test's own.
    monkeypatch.setattr(pruner.Pruner, "_try_round", lambda _: 60.0)
    monkeypatch.setattr(pruner, "_LISTED", 5)
    monkeypatch.setattr(pruner, "delete_chosen", delete_nothing)
    fill(settings.db, old=12)
    with open_bench(keep_days=1) as bench:
        bench.settle()
        tried.clear()
        bench.service._pruner._round()
        assert tried == list(range(1, 13))
        assert bench.service.retention.left == 0


CHILD = """
import sys
from pathlib import Path
from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.background import pruner
from receiver.tunnel import ProviderName
# Slowly, so that whoever looks on sees it begin and not only its end.
pruner._EVERY_S, pruner._SHARE_QUIET = 0.05, 0.02
none = ProviderName.NONE
settings = Settings(db=Path(sys.argv[1]), port=0, secret=b"x", tunnel=none, keep_days=1)
with open_runtime(settings) as runtime:
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_receiver_that_is_killed_in_the_middle_goes_on_after_the_next_start(
    open_bench: OpenBench, settings: Settings
) -> None:
    fill(settings.db, old=700)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(settings.db)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    try:
        wait_until(lambda: count(settings) < 650, "some are gone", 60)
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    left = count(settings)
    assert 0 < left < 700
    orphans = "SELECT count(*) FROM {} WHERE delivery_id NOT IN (SELECT id FROM deliveries)"
    for table in ("acknowledgements", "diagnoses", "forwards"):
        assert look(settings.db, orphans.format(table)) == [0]
    with open_bench(keep_days=1) as bench:
        wait_until(lambda: count(settings) == 0, "the rest is gone", 60)
        assert len(bench.events()) == 700
