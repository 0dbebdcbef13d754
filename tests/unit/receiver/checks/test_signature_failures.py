from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from receiver.checks import ActionKind, CheckName, CheckStatus, Facts
from receiver.diagnosis import EXPLANATIONS, DiagnosisCode
from store.records import Origin, Verdict
from tests.unit.receiver.checks.given import (
    FACTS,
    SECRET,
    ago,
    delivery,
    expect,
    unsigned,
    verdict,
    with_log,
)

if TYPE_CHECKING:
    from store.statistics import DeliverySummary

NAME = CheckName.SIGNATURE_FAILURES


def of(*newest_first: DeliverySummary) -> Facts:
    return with_log(deliveries=newest_first)


def test_nothing_to_judge() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.SKIP, "No delivery")
    others = of(
        unsigned(9, origin=Origin.SAMPLE),
        unsigned(8, status=404, verdict=Verdict.NOT_CHECKED),
        unsigned(7, received_at=ago(hours=30)),
        unsigned(6, own=True),
    )
    expect(verdict(NAME, others), CheckStatus.SKIP)


def test_all_good() -> None:
    expect(verdict(NAME, of(delivery(9))), CheckStatus.PASS, "The one delivery")
    expect(verdict(NAME, of(delivery(9), delivery(8))), CheckStatus.PASS, "newest 2 deliveries")


def test_share_and_reasons() -> None:
    facts = of(unsigned(9), unsigned(8), unsigned(7, "body_reserialized"), delivery(6))
    found = expect(
        verdict(NAME, facts),
        CheckStatus.FAIL,
        "3 of the newest 4",
        "75 %",
        "unknown_secret (2 ×) and body_reserialized (1 ×)",
        "delivery 9, 91 min ago",
        "signed well was 6, 94 min ago",
        fix="PROPEXO_WEBHOOK_SECRET",
    )
    assert found.action is not None
    assert (found.action.kind, found.action.delivery_id) == (ActionKind.SHOW_DELIVERY, 9)


@pytest.mark.parametrize("code", list(DiagnosisCode))
def test_every_diagnosis_has_its_cure(code: DiagnosisCode) -> None:
    lone = {DiagnosisCode.MISSING_HEADER, DiagnosisCode.PLACEHOLDER}
    status = CheckStatus.WARN if code in lone else CheckStatus.FAIL
    found = expect(verdict(NAME, of(unsigned(9, code))), status, code, "None was signed well")
    assert found.fix == EXPLANATIONS[code].cure


def test_without_a_diagnosis() -> None:
    expect(verdict(NAME, of(unsigned(9, None))), CheckStatus.FAIL, "not diagnosed", fix="Open")
    missing = unsigned(9, None, verdict=Verdict.MISSING)
    expect(verdict(NAME, of(missing)), CheckStatus.WARN, "missing_header", fix="Signature")
    unheard = unsigned(9, "a_code_of_a_newer_version")
    expect(verdict(NAME, of(unheard)), CheckStatus.FAIL, "a_code_of", fix="Open")


def test_a_generated_secret_is_the_likeliest_cause() -> None:
    facts = replace(of(unsigned(9)), secret=replace(SECRET, generated=True))
    expect(verdict(NAME, facts), CheckStatus.FAIL, fix="The secret in force was made here")


def test_good_ones_afterwards_cure_it() -> None:
    facts = of(delivery(10), unsigned(9), unsigned(8), delivery(7))
    expect(verdict(NAME, facts), CheckStatus.PASS, "2 of the newest 4", "since then")


def test_good_and_bad_in_turn_are_two_senders() -> None:
    facts = of(delivery(10), unsigned(9), delivery(8), unsigned(7), delivery(6))
    expect(verdict(NAME, facts), CheckStatus.WARN, "two senders", fix="PROPEXO_WEBHOOK_SECRET")
    calm = [delivery(n) for n in range(40, 19, -1)]
    expect(verdict(NAME, of(*calm, *facts.log.deliveries)), CheckStatus.PASS)  # type: ignore[union-attr]


def test_a_secret_that_was_changed_when_it_began() -> None:
    began = of(unsigned(50), unsigned(49), delivery(40))
    changed = replace(began, secret=replace(SECRET, changed_at=ago(minutes=55)))
    expect(verdict(NAME, changed), CheckStatus.FAIL, "was changed after it, 55 min ago")
    long_ago = replace(began, secret=replace(SECRET, changed_at=ago(days=3)))
    expect(verdict(NAME, long_ago), CheckStatus.FAIL, without="was changed")


def test_a_small_share_is_not_called_none() -> None:
    many = [delivery(n, received_at=ago(minutes=1)) for n in range(999, 0, -1)]
    expect(verdict(NAME, of(unsigned(1000), *many)), CheckStatus.FAIL, "(< 1 %)")
