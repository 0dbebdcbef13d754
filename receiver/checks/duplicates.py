"""Which events came more than once, and was it a retry?"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    passed,
    warning,
)
from receiver.checks.recent import RECENT, RECENTLY, no_log
from receiver.checks.response_time import LIMIT_MS
from receiver.checks.wording import ago, count, listed, milliseconds, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import Repetition

RETRY_PAUSES_S = (60.0, 300.0, 1_800.0, 7_200.0, 86_400.0)
"""When Propexo delivers again after an attempt failed, as its webhook guide publishes it."""
_SLACK = 0.2
_SLACK_S = 10.0
_AT_ONCE_S = 30.0


class Kind(Enum):
    """Why an event came again."""

    RETRY = "retry"
    #: Within seconds: two endpoints, or the same one twice.
    DOUBLE = "double"
    OTHER = "other"


def kind_of(repetition: Repetition) -> Kind:
    """By the pause since the delivery before it."""
    pause = repetition.pause_s
    if pause < _AT_ONCE_S:
        return Kind.DOUBLE
    on_schedule = any(
        abs(pause - expected) <= max(_SLACK_S, _SLACK * expected) for expected in RETRY_PAUSES_S
    )
    return Kind.RETRY if on_schedule else Kind.OTHER


def check_duplicates(facts: Facts) -> Check:
    """How many deliveries repeated an event, and what that says about our answers."""
    if facts.log is None:
        return conclude(CheckName.DUPLICATES, [], no_log(facts))
    recent = [each for each in facts.log.repetitions if facts.now - each.received_at < RECENT]
    by_kind = {kind: [each for each in recent if kind_of(each) is kind] for kind in Kind}
    findings = (
        _doubles(facts, by_kind[Kind.DOUBLE]),
        _retries(facts, by_kind[Kind.RETRY]),
        _others(facts, by_kind[Kind.OTHER]),
    )
    return conclude(
        CheckName.DUPLICATES,
        findings,
        passed(f"No event was delivered twice by the network {RECENTLY}."),
    )


def _doubles(facts: Facts, found: Sequence[Repetition]) -> Finding | None:
    if not found:
        return None
    return warning(
        f"{count(len(found), 'delivery', 'deliveries')} repeated an event within seconds: "
        f"{_which(facts, found)}. Each event was processed once.",
        "Look in Propexo (Settings > Webhooks) for two endpoints that lead here, or for a proxy "
        "that sends requests twice.",
        _show(found),
    )


def _retries(facts: Facts, found: Sequence[Repetition]) -> Finding | None:
    if not found:
        return None
    number = (
        "1 delivery was a retry" if len(found) == 1 else f"{len(found)} deliveries were retries"
    )
    pauses = listed(sorted({span(each.pause_s) for each in found}))
    return warning(
        f"{number} of an event that had been accepted ({pauses} after the delivery before): "
        f"{_which(facts, found)}. {_our_answers(found)} Each event was processed once.",
        _retry_cure(found),
        _show(found),
    )


def _others(facts: Facts, found: Sequence[Repetition]) -> Finding | None:
    if not found:
        return None
    return passed(
        f"{len(found)} came again at another time than a retry does, probably sent by hand: "
        f"{_which(facts, found)}."
    )


def _our_answers(found: Sequence[Repetition]) -> str:
    times = [each.earlier_ack_ms for each in found if each.earlier_ack_ms is not None]
    slow = [time for time in times if time >= LIMIT_MS]
    unsent = len(found) - len(times)
    if slow:
        return f"Our own answer before it was too slow ({milliseconds(max(slow))})."
    if unsent:
        return "Our answer before it was not sent: the receiver was stopped just then."
    return (
        f"Our answers before them had left in time ({milliseconds(max(times))} at most), so they "
        "were lost or late on the way."
    )


def _retry_cure(found: Sequence[Repetition]) -> str:
    if any((each.earlier_ack_ms or 0.0) >= LIMIT_MS for each in found):
        return "See the check of the response time."
    if any(each.earlier_ack_ms is None for each in found):
        return "Nothing to do: that is what retries are for."
    return "See the checks of the tunnel and the public address."


def _which(facts: Facts, found: Sequence[Repetition]) -> str:
    events = listed([str(event) for event in dict.fromkeys(each.event_id for each in found)])
    return f"events {events}, the latest {ago(found[0].received_at, facts.now)}"


def _show(found: Sequence[Repetition]) -> Action:
    return Action(ActionKind.SHOW_EVENT, event_id=found[0].event_id)
