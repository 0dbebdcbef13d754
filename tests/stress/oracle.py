"""What the sender knows, and whether a store agrees: no word of the receiver is taken for it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from receiver.judging.strict_json import identify
from store.records import EventState, Outcome, Reason
from tests.stand_ins.model import FIELDS, Model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Reply
    from tests.stand_ins.model import End

UNAVAILABLE = 503


class Redo(NamedTuple):
    """An event that was processed again."""

    events_before: int
    """How many events there were."""
    place: int
    force: bool


@dataclass
class Account:
    """Every request that was sent, and what came back."""

    acknowledged: list[tuple[bytes, dict[str, Any]]] = field(default_factory=list)
    """Bodies and the answers 200 to them, in the order sent."""
    sent: set[bytes] = field(default_factory=set)
    """Every body that was signed and is an event."""
    answers: Counter[int] = field(default_factory=Counter)
    """How often each status came."""
    unanswered: int = 0
    """Requests without an answer: whether they were stored, only the store knows."""
    redone: list[Redo] = field(default_factory=list)

    def note(self, body: bytes | None, reply: Reply | None) -> None:
        """Writes down one exchange; `body` is None when it is not to be accepted."""
        if body is not None:
            self.sent.add(body)
        if reply is None:
            self.unanswered += 1
            return
        self.answers[reply.status] += 1
        if reply.status == 200:
            assert body is not None, "a body was accepted that must not be"
            self.acknowledged.append((body, reply.json))


@dataclass(frozen=True)
class Ledger:
    """A store's rows, read by SQLite alone."""

    deliveries: list[tuple[int, int | None, bytes | None, bytes, int]]
    """Id, event, identity, body and status."""
    events: list[tuple[int, bytes, End]]
    admitted: int
    units: dict[tuple[str, str], dict[str, Any]]
    changes: list[tuple[str, str, Any, Any]]

    @property
    def firsts(self) -> list[tuple[int, bytes]]:
        """Id and body of each delivery that made an event, in the order received."""
        return [(row[0], row[3]) for row in self.deliveries if row[0] == row[1]]


def read_ledger(path: Path) -> Ledger:
    """All of a store in one snapshot, whether a receiver has it open or was killed."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
        run = connection.execute
        run("BEGIN")
        return Ledger(
            deliveries=run(
                "SELECT id, event_id, identity, body, status FROM deliveries ORDER BY id"
            ).fetchall(),
            events=[
                (row[0], row[1], _end(*row[2:]))
                for row in run(
                    "SELECT id, identity, state, outcome, reason FROM events ORDER BY id"
                )
            ],
            admitted=run("SELECT value FROM progress WHERE name = 'admitted'").fetchone()[0],
            units={
                (row[0], row[1]): dict(zip(FIELDS, row[2:], strict=True))
                for row in run(f"SELECT connection_id, unit_id, {', '.join(FIELDS)} FROM units")
            },
            changes=[
                (unit, name, json.loads(old), json.loads(new))
                for unit, name, old, new in run(
                    "SELECT unit_id, field, old, new FROM changes ORDER BY id"
                )
            ],
        )


def _end(state: str, outcome: str | None, reason: str | None) -> End:
    return (
        EventState(state),
        Outcome(outcome) if outcome else None,
        Reason(reason) if reason else None,
    )


def require_kept(account: Account, ledger: Ledger) -> None:
    """Acknowledged ⊆ stored ⊆ sent, one event a distinct body, and no request without a row."""
    rows = {row[0]: row for row in ledger.deliveries}
    for body, answer in account.acknowledged:
        _, event_id, _, stored, status = rows[answer["delivery_id"]]
        assert (event_id, stored, status) == (answer["event_id"], body, 200)
        assert answer["duplicate"] is (answer["delivery_id"] != event_id)
    accepted = [row for row in ledger.deliveries if row[1] is not None]
    assert {row[3] for row in accepted} <= account.sent
    assert all(row[2] == identify(json.loads(row[3])) for row in accepted)
    events = {row[0]: row[2] for row in accepted if row[0] == row[1]}
    assert len(set(events.values())) == len(events), "one body made two events"
    assert all(events[row[1]] == row[2] for row in accepted if row[1])
    _require_rows(account, ledger)


def _require_rows(account: Account, ledger: Ledger) -> None:
    """Any answer but 503 has a row, and a 503 has none."""
    stored = Counter(row[4] for row in ledger.deliveries)
    told = Counter({status: n for status, n in account.answers.items() if status != UNAVAILABLE})
    assert told <= stored, (told, stored)
    assert (stored - told).total() <= account.unanswered, (told, stored)


def require_accounted(ledger: Ledger) -> None:
    """Each accepted first delivery is one event in one state, or still to be admitted."""
    assert len({event[0] for event in ledger.events}) == len(ledger.events)
    admitted = [number for number, _ in ledger.firsts if number <= ledger.admitted]
    assert [event[0] for event in ledger.events] == admitted


def require_modelled(account: Account, ledger: Ledger, model: Model) -> None:
    """What a store holds that has nothing left to process is what a pure model says."""
    bodies = [json.loads(body) for _, body in ledger.firsts]
    _play(model, bodies, account.redone)
    assert [end for _, _, end in ledger.events] == model.ends
    assert ledger.units == {key: said for key, (_, said) in model.applied.items()}
    assert ledger.changes == model.changes


def _play(model: Model, bodies: Sequence[dict[str, Any]], redone: Sequence[Redo]) -> None:
    done = 0
    for redo in redone:
        model.deliver_all(bodies[done : redo.events_before])
        model.reprocess(redo.place, force=redo.force)
        done = redo.events_before
    model.deliver_all(bodies[done:])
