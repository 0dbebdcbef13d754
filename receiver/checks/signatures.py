"""How many signatures do not match, and why?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.recent import RECENTLY, checked, no_log
from receiver.checks.trend import Trend, trend
from receiver.checks.wording import ago, listed
from receiver.diagnosis import EXPLANATIONS, DiagnosisCode
from store.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import DeliverySummary

UNDIAGNOSED = "not diagnosed"
_PROVES_NO_SENDER = frozenset({DiagnosisCode.MISSING_HEADER, DiagnosisCode.PLACEHOLDER})
"""Anyone who finds the address can cause these; Propexo's own deliveries do not."""

_CURES = {str(code): words.cure for code, words in EXPLANATIONS.items()}


def check_signature_failures(facts: Facts) -> Check:
    """Whether what arrives from the network is signed with the secret in force."""
    if facts.log is None:
        return conclude(CheckName.SIGNATURE_FAILURES, [], no_log(facts))
    deliveries = checked(facts.log, facts.now)
    return conclude(CheckName.SIGNATURE_FAILURES, [], _judge(facts, deliveries))


def _judge(facts: Facts, deliveries: list[DeliverySummary]) -> Finding:
    failed = [each for each in deliveries if each.verdict is not Verdict.VALID]
    if not deliveries:
        return skipped(f"No delivery from the network {RECENTLY}.")
    if not failed:
        return passed(_all_good(len(deliveries)))
    course = trend([each.verdict is not Verdict.VALID for each in deliveries])
    words = _share(deliveries, failed)
    latest = f" The latest is delivery {failed[0].id}, {ago(failed[0].received_at, facts.now)}."
    if course is Trend.CURED:
        return passed(f"{words}{latest} Those since then were signed well.")
    show = Action(ActionKind.SHOW_DELIVERY, delivery_id=failed[0].id)
    cure = _cure(facts, failed)
    if course is Trend.MIXED:
        return warning(
            f"{words}{latest} Good ones come in between: there are two senders, or two secrets.",
            cure,
            show,
        )
    since = _since(facts, deliveries, failed)
    codes = {_code(each) for each in failed}
    say = warning if codes <= _PROVES_NO_SENDER else failure
    return say(f"{words}{latest}{since}", cure, show)


def _all_good(number: int) -> str:
    if number == 1:
        return f"The one delivery from the network {RECENTLY} was signed well."
    return f"All of the newest {number:,} deliveries from the network {RECENTLY} were signed well."


def _share(deliveries: Sequence[DeliverySummary], failed: Sequence[DeliverySummary]) -> str:
    counted = Counter(map(_code, failed)).most_common()
    reasons = listed([f"{code} ({times} ×)" for code, times in counted])
    if len(deliveries) == 1:
        return (
            f"The one delivery from the network {RECENTLY} was refused for its signature: "
            f"{reasons}."
        )
    share = round(100 * len(failed) / len(deliveries))
    return (
        f"{len(failed):,} of the newest {len(deliveries):,} deliveries from the network "
        f"{RECENTLY} ({share or '< 1'} %) were refused for their signature: {reasons}."
    )


def _code(delivery: DeliverySummary) -> str:
    if delivery.diagnosis is None and delivery.verdict is Verdict.MISSING:
        return DiagnosisCode.MISSING_HEADER
    return delivery.diagnosis or UNDIAGNOSED


def _since(
    facts: Facts, deliveries: Sequence[DeliverySummary], failed: Sequence[DeliverySummary]
) -> str:
    """When it began, and whether the secret was changed about then."""
    changed = facts.secret.changed_at
    good = next((each for each in deliveries if each.verdict is Verdict.VALID), None)
    if good is None:
        return " None was signed well."
    began = min(each.received_at for each in failed if each.id > good.id)
    words = f" The last one signed well was {good.id}, {ago(good.received_at, facts.now)}."
    if changed is not None and good.received_at < changed <= began:
        words += f" The secret here was changed after it, {ago(changed, facts.now)}."
    return words


def _cure(facts: Facts, failed: Sequence[DeliverySummary]) -> str:
    code = Counter(map(_code, failed)).most_common(1)[0][0]
    if code == UNDIAGNOSED:
        return "Open the latest of them to have it diagnosed."
    if code == DiagnosisCode.UNKNOWN_SECRET and facts.secret.generated:
        return (
            "The secret in force was made here: set PROPEXO_WEBHOOK_SECRET in .env to the Signing "
            "Secret of Propexo's dashboard (Settings > Webhooks), and restart."
        )
    return _CURES.get(code, "Open the latest of them to see what was found.")
