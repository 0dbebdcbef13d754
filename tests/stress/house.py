"""A sender, an application, and a receiver between them; and what must be true of them at any time.

The receiver is a process of its own, and its store is read by SQLite alone.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.conftest import SECRET, wait_until
from tests.stand_ins.application import Application
from tests.stand_ins.model import Model
from tests.stand_ins.receiver_process import ReceiverProcess, signed_request
from tests.stress import oracle
from tests.stress.oracle import Account, read_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Reply
    from tests.stress.oracle import Ledger

KNOWN, STRANGE = "conn_abc123", "conn_stranger"
LINKED, UNLINKED = "prop_001", "prop_999"
ANSWER_S = 5.0
"""The promise: an answer comes within this time, whatever happens."""
SLACK_S = 5.0
"""For a machine that is busy with something else; tests without load hold it to the second."""


def write_body(
    *,
    event: str = "data.update",
    hour: int = 0,
    connection_id: str = KNOWN,
    property_id: str = LINKED,
    unit: str = "u1",
    status: str = "vacant",
    sqft: int = 900,
    indent: int | None = None,
) -> bytes:
    """An event about a unit, as a sender that spaces its JSON in this way would write it."""
    body = {
        "event": event,
        "timestamp": f"2026-03-25T{hour:02}:00:00Z",
        "connection_id": connection_id,
        "resource_type": "unit",
        "data": {
            "id": unit,
            "property_id": property_id,
            "status": status,
            "sqft": sqft,
            "bedrooms": 1,
            "bathrooms": 1,
        },
    }
    return json.dumps(body, indent=indent).encode("ascii")


class House:
    """One store's whole life."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.application = Application(SECRET)
        self.application_listens = True
        environ = {"METERBASE_FORWARD_TO": self.application.url} | environ
        self.receiver = ReceiverProcess(folder, **environ)
        self.account = Account()

    def ask(self, raw: bytes, body: bytes | None) -> Reply | None:
        """Sends a request, and enters it in the account; `body` is one that may be accepted."""
        began = time.monotonic()
        reply = self.receiver.ask(raw, ANSWER_S + 2 * SLACK_S)
        assert time.monotonic() - began < ANSWER_S + SLACK_S
        self.account.note(body, reply)
        return reply

    def deliver(self, body: bytes) -> Reply | None:
        """Sends an event, signed."""
        return self.ask(signed_request(body), body)

    def deliver_until_taken(self, body: bytes) -> None:
        """As Propexo does: again, until it is answered with 200. Nobody waits a minute here."""

        def taken() -> bool:
            reply = self.receiver.deliver(body)
            self.account.note(body, reply)
            return reply is not None and reply.status == 200

        wait_until(taken, "a 200", 30)

    def switch_application(self) -> None:
        """Off, or on again."""
        if self.application_listens:
            self.application.hang_up()
        else:
            self.application.listen()
        self.application_listens = not self.application_listens

    def require_kept(self) -> None:
        """What must be true at any time, also of a store whose receiver was just killed."""
        if self.receiver.db.exists():
            ledger = read_ledger(self.receiver.db)
            oracle.require_kept(self.account, ledger)
            oracle.require_accounted(ledger)

    def drain(self) -> Ledger:
        """The store when nothing is left to process, and it is what the model says."""

        def drained() -> Ledger | None:
            ledger = read_ledger(self.receiver.db)
            newest = max((number for number, _ in ledger.firsts), default=0)
            is_open = any(end[0].value in ("pending", "processing") for _, _, end in ledger.events)
            return None if is_open or ledger.admitted < newest else ledger

        ledger = wait_until(drained, "everything was processed", 30)
        assert ledger is not None
        model = Model(strangers=frozenset({STRANGE}), unlinked=frozenset({UNLINKED}))
        oracle.require_modelled(self.account, ledger, model)
        return ledger

    def require_passed_on(self) -> None:
        """The application has each event, byte for byte, in the order of its connection."""
        if not self.application_listens:
            self.switch_application()
        wanted = [body for _, body in read_ledger(self.receiver.db).firsts]

        def arrived() -> bool:
            return set(wanted) <= {received.body for received in self.application.log}

        wait_until(arrived, "the application has every event", 30)
        firsts = list(dict.fromkeys(received.body for received in self.application.log))
        for connection in (KNOWN, STRANGE):
            mine = [body for body in wanted if _connection(body) == connection]
            assert [body for body in firsts if body in set(mine)] == mine
        assert all(self.application.authentic)

    def finish(self) -> None:
        """All that must be true in the end; the receiver has to run."""
        self.require_kept()
        self.drain()
        self.require_passed_on()
        assert self.receiver.stop() == 0, self.receiver.said[-20:]

    def close(self) -> None:
        """Whatever happened."""
        self.receiver.close()
        self.application.close()


def _connection(body: bytes) -> Any:
    return json.loads(body)["connection_id"]
