"""Which of the newest deliveries a check speaks of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from receiver.checks.check import skipped
from store.records import Origin, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.checks.check import Finding
    from receiver.checks.facts import Facts
    from store.statistics import DeliverySummary, Refusal, Statistics

RECENT = timedelta(hours=24)
"""What is older says little about now."""
RECENTLY = "in the last 24 hours"
OURS = b"meterbase-tui/"
"""How our own requests introduce themselves in `User-Agent`."""


def no_log(facts: Facts) -> Finding:
    """What to say in place of a verdict when there is nothing to read."""
    if facts.store.missing:
        return skipped("There is no log yet.")
    return skipped("The log cannot be read; see the check of the store.")


def checked(log: Statistics, now: datetime) -> list[DeliverySummary]:
    """Recent deliveries from the network whose signature was checked, newest first."""
    return [
        each
        for each in log.deliveries
        if each.origin is Origin.NETWORK
        and not each.own
        and each.verdict is not Verdict.NOT_CHECKED
        and now - each.received_at < RECENT
    ]


def foreign_refusals(log: Statistics, now: datetime) -> list[Refusal]:
    """Recent refusals of requests that somebody else sent, newest first."""
    return [
        each
        for each in log.refusals
        if each.origin is Origin.NETWORK
        and now - each.received_at < RECENT
        and not header(each.headers, b"user-agent").startswith(OURS)
    ]


def header(headers: tuple[tuple[bytes, bytes], ...], name: bytes) -> bytes:
    """The last value of a header by its lower-case name, empty without one."""
    values = [value for key, value in headers if key.lower() == name]
    return values[-1].strip() if values else b""


def host_of(headers: tuple[tuple[bytes, bytes], ...]) -> str:
    """The public host that a request was sent to, as the tunnel or the proxy passed it on."""
    forwarded = header(headers, b"x-forwarded-host").rpartition(b",")[2].strip()
    return (forwarded or header(headers, b"host")).decode("ascii", "replace").lower()
