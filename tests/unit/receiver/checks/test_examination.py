from __future__ import annotations

from dataclasses import replace

from receiver.checks import CheckName, CheckStatus, all_well, run_checks
from tests.unit.receiver.checks.given import FACTS, LOG, STORE

PUBLISHED = [
    "secret", "receiver", "endpoint", "store", "tunnel_agent", "tunnel", "public_url",
    "signature_failures", "connections", "properties", "processing_errors", "response_time",
    "duplicates", "forward_target", "clock",
]  # fmt: skip
OURS = ["drift", "retention", "search_index", "versions", "terminal"]
OF_THE_LOG = {
    "signature_failures", "connections", "properties", "processing_errors", "response_time",
    "duplicates", "clock", "endpoint", "drift", "search_index",
}  # fmt: skip


def test_every_published_check_is_made_once_in_its_order() -> None:
    assert [check.name for check in run_checks(FACTS)] == PUBLISHED + OURS
    assert list(CheckName) == PUBLISHED + OURS


def test_a_new_receiver_has_nothing_to_fix() -> None:
    checks = run_checks(FACTS)
    assert {check.status for check in checks} == {CheckStatus.PASS, CheckStatus.SKIP}
    assert all_well(checks)


def test_only_a_failure_is_not_well() -> None:
    checks = run_checks(replace(FACTS, store=replace(STORE, wal_size=300 << 20)))
    assert CheckStatus.WARN in {check.status for check in checks}
    assert all_well(checks)
    assert not all_well(run_checks(replace(FACTS, store=replace(STORE, writable=False))))


def test_a_store_that_cannot_be_read_leaves_the_checks_of_its_log_open() -> None:
    facts = replace(FACTS, log=None, store=replace(STORE, problem="It is damaged."))
    skipped = {check.name for check in run_checks(facts) if "cannot be read" in check.detail}
    assert skipped == OF_THE_LOG
    fresh = replace(FACTS, log=None, store=replace(STORE, missing=True))
    assert {c.name for c in run_checks(fresh) if "no log yet" in c.detail} == OF_THE_LOG


def test_every_sentence_ends_as_one_and_every_trouble_has_a_cure() -> None:
    troubled = replace(
        FACTS,
        log=replace(LOG, registry=replace(LOG.registry, registered=0)),
        store=replace(STORE, writable=False, wal_size=300 << 20),
    )
    for check in run_checks(FACTS) + run_checks(troubled):
        assert check.detail.endswith(".")
        assert check.detail[0] == check.detail[0].upper()
        if check.status in (CheckStatus.WARN, CheckStatus.FAIL):
            assert check.fix
