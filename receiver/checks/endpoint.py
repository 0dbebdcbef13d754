"""Is the right path called with the right method, and does a signed request get through?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from receiver.arrival.route import WEBHOOK_PATH
from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    warning,
)
from receiver.checks.probes import PingOutcome
from receiver.checks.recent import foreign_refusals, no_log
from receiver.checks.trend import Trend, trend
from receiver.checks.wording import ago, count, listed, milliseconds, short
from receiver.judging.signing import signature_values
from store.records import Origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.statistics import Refusal

_NOT_FOUND, _METHOD, _TIMEOUT, _TOO_LARGE, _ENCODING, _BAD_BODY = 404, 405, 408, 413, 415, 400
_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of browsers and scanners; webhooks are posted."""
_CURES = {
    _TOO_LARGE: "If Propexo sends such bodies, allow them with --max-body or METERBASE_MAX_BODY.",
    _TIMEOUT: "Look for a slow link or proxy between the sender and here; Propexo tries again.",
    _ENCODING: "Switch compression off in the sender or the proxy in front of the receiver.",
    _BAD_BODY: "Open the delivery to see what is wrong; Propexo's webhook guide has the format.",
}


def check_endpoint(facts: Facts) -> Check:
    """Whether requests come to the right place and are of the right form."""
    if facts.log is None:
        return conclude(CheckName.ENDPOINT, [_ping(facts)], no_log(facts))
    refusals = foreign_refusals(facts.log, facts.now)
    findings = (
        _ping(facts),
        _wrong_path(facts, [each for each in refusals if each.status == _NOT_FOUND]),
        _wrong_method(facts, [each for each in refusals if each.status == _METHOD]),
        *(
            _unreadable(facts, status, [each for each in refusals if each.status == status])
            for status in _CURES
        ),
    )
    return conclude(CheckName.ENDPOINT, findings, _well(facts))


def _well(facts: Facts) -> Finding:
    last = facts.log.last_from_network if facts.log else None
    test = facts.probes.local_ping if facts.probes else None
    words = []
    if test is not None and test.outcome is PingOutcome.ARRIVED:
        words.append(f"A signed test.ping was stored in {milliseconds(test.ms)}.")
    if last is not None:
        words.append(
            f"The last delivery from the network, {last.id}, came to the right path "
            f"{ago(last.received_at, facts.now)}."
        )
    if not words:
        return passed(f"It is {WEBHOOK_PATH}. No webhook has come to another path.")
    return passed(" ".join(words))


def _ping(facts: Facts) -> Finding | None:
    test = facts.probes.local_ping if facts.probes else None
    if test is None or test.outcome is PingOutcome.ARRIVED:
        return None
    again = Action(ActionKind.SEND_PING)
    if test.outcome is PingOutcome.OTHER_SECRET:
        return failure(
            f"{test.url} answered a signed test.ping with 401: another secret is in force there.",
            "See the check of the secret.",
            again,
        )
    if test.outcome is PingOutcome.OTHER_STORE:
        return warning(
            f"{test.url} accepted a signed test.ping, but wrote it to another store than "
            f"{facts.store.path}.",
            "Name its store with --db.",
            again,
        )
    answer = f"status {test.status}" if test.status else test.outcome.replace("_", " ")
    return failure(
        f"A signed test.ping to {test.url} was not accepted: {answer}.",
        "See the checks of the receiver and the store.",
        again,
    )


def _wrong_path(facts: Facts, refusals: list[Refusal]) -> Finding | None:
    posted = [each for each in refusals if each.method not in _LOOKING]
    if not _matters(facts, posted):
        return None
    paths = Counter(short(each.path.partition("?")[0]) for each in posted)
    called = listed([f"{path} ({times} ×)" for path, times in paths.most_common()])
    words = (
        f"{count(len(posted), 'request')} came to another path than {WEBHOOK_PATH} and got 404: "
        f"{called}; the latest was delivery {posted[0].id}, {ago(posted[0].received_at, facts.now)}"
    )
    signed = any(signature_values(each.headers) for each in posted)
    say: Callable[..., Finding] = failure if signed else warning
    carried = ". They carry a Propexo signature." if signed else "."
    return say(words + carried, _right_address(facts), Action(ActionKind.COPY_URL))


def _wrong_method(facts: Facts, refusals: list[Refusal]) -> Finding | None:
    # A browser that is pointed at the address is no trouble.
    wrong = [each for each in refusals if each.method not in _LOOKING]
    if not _matters(facts, wrong):
        return None
    methods = Counter(short(each.method) for each in wrong)
    return warning(
        f"{count(len(wrong), 'request')} came to {WEBHOOK_PATH} with "
        f"{listed([method for method, _ in methods.most_common()])} instead of POST and got 405; "
        f"the latest was delivery {wrong[0].id}, {ago(wrong[0].received_at, facts.now)}.",
        "Let the sender use POST; look for a proxy or a redirect that changes the method.",
        Action(ActionKind.SHOW_DELIVERY, delivery_id=wrong[0].id),
    )


def _unreadable(facts: Facts, status: int, refusals: list[Refusal]) -> Finding | None:
    if not _matters(facts, refusals):
        return None
    latest = refusals[0]
    return warning(
        f"{count(len(refusals), 'request')} got {status}: {latest.explanation or 'no reason kept'} "
        f"The latest was delivery {latest.id}, {ago(latest.received_at, facts.now)}.",
        _CURES[status],
        Action(ActionKind.SHOW_DELIVERY, delivery_id=latest.id),
    )


def _right_address(facts: Facts) -> str:
    url = facts.tunnel.webhook_url or ""
    address = url if url.startswith("https:") else f"https://<your public address>{WEBHOOK_PATH}"
    return f"Set the endpoint's address in Propexo (Settings > Webhooks) to {address}"


def _matters(facts: Facts, bad: list[Refusal]) -> bool:
    """Whether a trouble is there now: nothing good came since, or it comes and goes."""
    if facts.log is None or not bad:
        return False
    troubled = {each.id for each in bad}
    good = {
        each.id
        for each in facts.log.deliveries
        if each.origin is Origin.NETWORK and each.event_id is not None
    }
    sequence = [number in troubled for number in sorted(troubled | good, reverse=True)]
    last = facts.log.last_from_network
    if last is not None and not good:
        return max(troubled) > last.id
    return trend(sequence) in (Trend.BAD, Trend.MIXED)
