"""What a sample is expected to lead to, beside what it led to: for whoever sends it.

The expectation of the catalogue holds for a new store after the samples that it builds on; in
another one the same payload may rightly do something else. So a difference is shown, not judged.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meterbase_tui.text import visible
from store.notifications import notifications_of_event
from store.reading.deliveries import get_deliveries
from store.reading.events import get_event
from store.reading.units import changes_of_event
from store.records import EventState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meterbase_tui.queries.reading import Reading
    from store.reader import Connection
    from store.records import Json

_UNSETTLED = frozenset({EventState.PENDING, EventState.PROCESSING})
_NONE = "none"
_OUTCOME_S = 5.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One thing that a sample leads to, in words; empty where it is not known."""

    name: str
    expected: str
    actual: str = ""

    @property
    def differs(self) -> bool:
        """Whether something was expected and something else came."""
        return bool(self.expected and self.actual) and not self.actual.startswith(self.expected)


def compare_outcome(
    expected: Mapping[str, Json], actual: Mapping[str, Json] | None
) -> list[OutcomeLine]:
    """What was expected of a sample beside what came, for those of which either says something.

    Args:
        expected: what the catalogue says; nothing for the user's own samples.
        actual: the same fields of what was sent; None before it was sent.
    """
    wanted, found = _words(expected), _words(actual or {})
    names = dict.fromkeys((*wanted, *found))
    return [OutcomeLine(name, wanted.get(name, ""), found.get(name, "")) for name in names]


async def wait_for_outcome(reading: Reading, delivery_id: int) -> dict[str, Json] | None:
    """What a delivery has led to, once it is processed; None when that takes longer than 5 s."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_OUTCOME_S):
            while True:
                found = await reading.query(
                    lambda connection: read_outcome(connection, delivery_id)
                )
                if found is not None:
                    return found
                await asyncio.sleep(_LOOK_EVERY_S)
    return None


def read_outcome(connection: Connection, delivery_id: int) -> dict[str, Json] | None:
    """What an accepted delivery has led to, in the fields of the catalogue's expectation.

    None while its event waits or is being processed, and when it is not in the log.
    """
    delivery = get_deliveries(connection, [delivery_id]).get(delivery_id)
    if delivery is None or delivery.state in _UNSETTLED:
        return None
    found: dict[str, Json] = {"status": delivery.status, "verdict": delivery.verdict.value}
    event = get_event(connection, delivery.event_id) if delivery.event_id is not None else None
    if event is None:
        return found
    changes = changes_of_event(connection, event.id)
    return found | {
        "state": event.state.value,
        "outcome": event.outcome.value if event.outcome else None,
        "reason": event.reason.value if event.reason else None,
        "changes": [change.field for change in changes],
        "rubs": any(change.affects_rubs for change in changes),
        "notifications": [notice.kind for notice in notifications_of_event(connection, event.id)],
    }


def _words(fields: Mapping[str, Any]) -> dict[str, str]:
    words: dict[str, str] = {}
    if "status" in fields:
        words["answer"] = str(fields["status"])
    if "verdict" in fields:
        words["signature"] = visible(str(fields["verdict"]).replace("_", " "))
    if fields.get("state"):
        parts = [fields["state"], fields.get("outcome") or fields.get("reason")]
        words["event"] = visible(" · ".join(filter(None, parts)).replace("_", " "))
    for name in ("changes", "notifications"):
        if name in fields:
            words[name] = visible(", ".join(sorted(set(fields[name]))), 200) or _NONE
    if "rubs" in fields:
        words["the bill"] = "changes" if fields["rubs"] else "stays"
    return words
