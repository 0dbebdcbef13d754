"""Everything that works behind the receiver: a mistake in it is told, and it goes on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.checking.gathering import gather_facts
from receiver.background import diagnostician, workers
from receiver.background.diagnostician import Diagnostician
from receiver.background.indexer import Indexer
from receiver.background.processor import Processor
from receiver.checks import CheckName, CheckStatus, run_checks
from receiver.forwarding.forwarder import Forwarder
from receiver.judging.keyring import Keyring
from receiver.judging.signing import Secrets
from receiver.refreshing.refresher import Refresher
from store.reading.search import read_search_progress
from store.refreshes import RefreshState, refresh_of_event
from tests.conftest import SECRET, wait_until
from tests.stand_ins.application import Application

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from receiver.background.workers import WorkerState
    from receiver.checks import Check
    from tests.conftest import Bench

    OpenBench = Callable[..., AbstractContextManager[Bench]]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE_S", 0.01)


def fail_once(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, error: BaseException
) -> list[int]:
    """Lets the first call of a method fail."""
    real: Any = getattr(owner, name)
    failed: list[int] = []

    def call(*args: Any, **kwargs: Any) -> Any:
        if not failed:
            failed.append(1)
            raise error
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)
    return failed


def unit(number: int) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": f"2026-03-25T15:00:{number % 60:02}Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": {"id": "unit_xyz789", "property_id": "prop_001", "n": number},
    }


def receiver_check(bench: Bench) -> Check:
    checks = run_checks(gather_facts(bench.settings, bench.runtime))
    return next(check for check in checks if check.name is CheckName.RECEIVER)


def worker(bench: Bench, title: str) -> WorkerState:
    return next(each for each in bench.service.workers if title in each.title)


def expect_told(bench: Bench, title: str) -> None:
    assert worker(bench, title).running
    check = receiver_check(bench)
    assert check.status is CheckStatus.WARN
    assert title in check.detail
    assert check.fix is not None
    assert "log" in check.fix


def test_all_is_well_while_nothing_fails(bench: Bench) -> None:
    bench.deliver(unit(1))
    assert all(each.running and not each.failures for each in bench.service.workers)
    assert receiver_check(bench).status is CheckStatus.PASS


def test_processing_goes_on(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_once(monkeypatch, Processor, "_process_batch", SystemExit(1))
    with open_bench() as bench:
        assert bench.deliver(unit(1)).outcome is not None
        expect_told(bench, "Processing of events")


def test_the_search_index_goes_on(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = fail_once(monkeypatch, Indexer, "_catch_up", SystemExit(1))
    with open_bench() as bench:
        bench.deliver(unit(1))
        wait_until(lambda: failed and not bench.read(read_search_progress).behind, "indexed")
        expect_told(bench, "The search index")


def test_diagnoses_go_on(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_once(monkeypatch, Diagnostician, "_write", SystemExit(1))
    with open_bench() as bench:
        wait_for = "The search for why"
        bench.post(unit(1), signature="sha256=" + 64 * "0")
        wait_until(lambda: worker(bench, wait_for).failures, "the mistake")
        bench.post(unit(2), signature="sha256=" + 64 * "0")
        wait_until(lambda: bench.deliveries()[-1].diagnosis, "the next diagnosis")
        expect_told(bench, wait_for)


def test_refreshes_go_on(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_once(monkeypatch, Refresher, "_begin", KeyError("a mistake"))
    with open_bench() as bench:
        sync = {"event": "sync.complete", "timestamp": "2026-03-25T15:00:00Z"}
        bench.post(sync | {"connection_id": "conn_abc123"})

        def done() -> bool:
            found = bench.read(refresh_of_event, 1)
            return found is not None and found.state is RefreshState.DONE

        wait_until(done, "the refresh")
        expect_told(bench, "Refreshing after a sync")


@pytest.mark.parametrize("method", ["_send_next", "_settle", "_commit"])
def test_forwarding_goes_on_and_loses_nothing(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    application = Application(SECRET)
    try:
        with open_bench(forward_to=application.url) as bench:
            fail_once(monkeypatch, Forwarder, method, KeyError("a mistake"))
            for number in range(5):
                bench.post(unit(number))
            wait_until(lambda: len({each.body for each in application.log}) == 5, "all five")
            expect_told(bench, "Forwarding to")
            wait_until(lambda: bench.service.targets[0].state == "up", "it is up again")
    finally:
        application.close()


def test_a_writer_that_ended_is_red_and_told_what_to_do(bench: Bench) -> None:
    with suppress(Exception):
        bench.database.write(lambda connection: connection.close()).result(30)
    wait_until(lambda: not bench.database.alive, "the writer's end")
    check = receiver_check(bench)
    assert check.status is CheckStatus.FAIL
    assert "writer has ended" in check.detail
    assert check.fix is not None
    assert "Restart" in check.fix
    assert bench.post(unit(1)).status == 503


def test_a_search_gets_ready_when_nobody_needs_the_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: list[str] = []
    looks: list[str] = []
    busy = {"arrivals", "processing"}

    class Store:
        @property
        def lull(self) -> bool:
            looks.append("arrivals")
            return "arrivals" not in busy

    def is_idle() -> bool:
        looks.append("processing")
        return "processing" not in busy

    monkeypatch.setattr(diagnostician, "_QUIET_S", 0.001)
    monkeypatch.setattr(diagnostician, "import_module", imported.append)
    store: Any = Store()
    waiting = Diagnostician(store, Keyring(Secrets(SECRET)), is_idle)
    try:
        wait_until(lambda: looks.count("arrivals") > 2)
        busy.remove("arrivals")
        wait_until(lambda: looks.count("processing") > 2)
        assert imported == []
        busy.clear()
        wait_until(lambda: imported)
    finally:
        waiting.close()
    assert imported == ["receiver.diagnosis.diagnosis"]
