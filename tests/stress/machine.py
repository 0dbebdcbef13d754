"""Any sequence of deliveries and faults, against a receiver in a process of its own.

After every step the store is read by SQLite alone and compared with what the sender knows; when
nothing is left to process, with a pure model of the bodies that were accepted.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from receiver.control import request_deed
from tests.stand_ins.receiver_process import signed_request
from tests.stress.house import ANSWER_S, SLACK_S, House, write_body
from tests.stress.oracle import UNAVAILABLE, Redo
from tests.stress.samples import unit_events

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Reply

_spacings = st.sampled_from([None, 1])


class Faults(RuleBasedStateMachine):
    """A sender, an application, and a receiver between them that everything happens to."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.house = House(self.folder)
        self.receiver, self.account = self.house.receiver, self.house.account
        self.lock: sqlite3.Connection | None = None
        self.full = False
        self.patience = 3
        """Requests to a store that is locked take seconds each; so many are sent."""

    @property
    def usable(self) -> bool:
        return self.receiver.running and self.lock is None and not self.full

    @property
    def worth_asking(self) -> bool:
        return self.lock is None or self.patience > 0

    @initialize(payloads=st.lists(unit_events, min_size=8, max_size=16))
    def begin(self, payloads: list[dict[str, Any]]) -> None:
        """Some events, so that what follows is late, a repetition or a change of something."""
        self.receiver.start()
        for said in payloads:
            self._send(write_body(**said))

    # Requests.

    def _send(self, body: bytes) -> Reply | None:
        return self._ask(signed_request(body), body, 200)

    def _ask(self, raw: bytes, body: bytes | None, status: int) -> Reply | None:
        """Sends a request that deserves `status`; the answer that it gets in this situation."""
        if self.lock is not None:
            self.patience -= 1
        reply = self.house.ask(raw, body)
        if not self.receiver.running:
            assert reply is None
        else:
            assert reply is not None
            assert reply.status == (status if self.usable else UNAVAILABLE), reply
        return reply

    @precondition(lambda self: self.worth_asking)
    @rule(said=unit_events, indent=_spacings)
    def deliver(self, said: dict[str, Any], indent: int | None) -> None:
        """One that may be new, known in another form, or older than what is in force."""
        self._send(write_body(**said, indent=indent))

    @precondition(lambda self: self.worth_asking and self.account.sent)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        body = data.draw(st.sampled_from(sorted(self.account.sent)))
        reply = self._send(body)
        if reply and reply.status == 200 and self._was_acknowledged_before(body):
            assert reply.json["duplicate"] is True

    def _was_acknowledged_before(self, body: bytes) -> bool:
        return any(known == body for known, _ in self.account.acknowledged[:-1])

    @precondition(lambda self: self.worth_asking)
    @rule(said=unit_events, signature=st.sampled_from(["sha256=" + "0" * 64, "test_signature", ""]))
    def deliver_unproven(self, said: dict[str, Any], signature: str) -> None:
        self._ask(signed_request(write_body(**said), signature), None, 401)

    @precondition(lambda self: self.worth_asking)
    @rule(body=st.sampled_from([b"", b"{", b"[]", b'{"event":"data.new"}', b"\xff"]))
    def deliver_nonsense(self, body: bytes) -> None:
        self._ask(signed_request(body), None, 400)

    @precondition(lambda self: self.worth_asking)
    @rule()
    def call_another_path(self) -> None:
        self._ask(b"POST /nope HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", None, 404)

    @precondition(lambda self: self.worth_asking)
    @rule(payloads=st.lists(unit_events, min_size=2, max_size=12))
    def deliver_at_once(self, payloads: list[dict[str, Any]]) -> None:
        status = {200} if self.usable else {UNAVAILABLE, None}
        replies = self._deliver_at_once(payloads, lambda: None)
        assert {reply and reply.status for reply in replies} <= status

    # The process.

    @precondition(lambda self: self.usable)
    @rule(payloads=st.lists(unit_events, min_size=4, max_size=12), after_ms=st.integers(0, 12))
    def kill_in_the_middle(self, payloads: list[dict[str, Any]], after_ms: int) -> None:
        def kill() -> None:
            # So long the requests have been on their way.
            time.sleep(after_ms / 1000)
            self.receiver.kill()

        self._deliver_at_once(payloads, kill)

    def _deliver_at_once(
        self, payloads: list[dict[str, Any]], meanwhile: Callable[[], None]
    ) -> list[Reply | None]:
        if self.lock is not None:
            self.patience -= 1
        bodies = [write_body(**said) for said in payloads]
        self.account.sent.update(bodies)
        with ThreadPoolExecutor(len(bodies)) as threads:
            replies = threads.map(self.receiver.ask, map(signed_request, bodies))
            meanwhile()
            answered = list(replies)
        for body, reply in zip(bodies, answered, strict=True):
            self.account.note(body, reply)
        return answered

    @precondition(lambda self: self.receiver.running)
    @rule()
    def kill(self) -> None:
        self.receiver.kill()
        self.full = False

    @precondition(lambda self: self.receiver.running)
    @rule(number=st.sampled_from([signal.SIGTERM, signal.SIGINT, signal.SIGHUP]))
    def end(self, number: signal.Signals) -> None:
        began = time.monotonic()
        assert self.receiver.stop(number) == 0, self.receiver.said[-20:]
        assert time.monotonic() - began < ANSWER_S + SLACK_S
        self.full = False

    @precondition(lambda self: not self.receiver.running and self.lock is None)
    @rule()
    def start(self) -> None:
        self.receiver.start()

    @precondition(lambda self: self.usable)
    @rule(said=unit_events)
    def fall_asleep_and_wake(self, said: dict[str, Any]) -> None:
        """As a laptop does with its lid closed: what was sent meanwhile is answered."""
        body = write_body(**said)
        self.receiver.send(signal.SIGSTOP)
        with self.receiver.dial(ANSWER_S + SLACK_S) as wire:
            wire.send(signed_request(body))
            self.receiver.send(signal.SIGCONT)
            reply = wire.receive()
        assert reply is not None
        assert reply.status == 200
        self.account.note(body, reply)

    # The store.

    @precondition(lambda self: self.lock is None and self.patience > 0)
    @rule()
    def lock_store(self) -> None:
        self.lock = sqlite3.connect(self.receiver.db, isolation_level=None, timeout=5)
        self.lock.execute("BEGIN IMMEDIATE")

    @precondition(lambda self: self.lock is not None)
    @rule()
    def unlock_store(self) -> None:
        assert self.lock is not None
        self.lock.execute("ROLLBACK")
        self.lock.close()
        self.lock = None

    @precondition(lambda self: self.usable)
    @rule()
    def fill_disk(self) -> None:
        """From now on no file of the process can be written any further."""
        self.receiver.limit("RLIMIT_FSIZE", 0)
        self.full = True

    @precondition(lambda self: self.full)
    @rule()
    def free_disk(self) -> None:
        self.receiver.limit("RLIMIT_FSIZE", None)
        self.full = False

    @precondition(lambda self: self.usable and self.account.acknowledged)
    @rule(data=st.data(), force=st.booleans())
    def reprocess(self, data: st.DataObject, force: bool) -> None:
        events = self.house.drain().events
        place = data.draw(st.integers(0, len(events) - 1))
        arguments = {"event_ids": [events[place][0]], "force": force}
        assert request_deed(self.receiver.db, "reprocess", arguments) == [events[place][0]]
        self.account.redone.append(Redo(len(events), place, force))
        self.house.drain()

    # The application.

    @rule()
    def switch_application(self) -> None:
        self.house.switch_application()

    # What must be true.

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        self.house.require_kept()

    def teardown(self) -> None:
        try:
            if self.lock is not None:
                self.unlock_store()
            if self.full and self.receiver.running:
                self.free_disk()
            if not self.receiver.running:
                self.receiver.start()
            self.house.finish()
        finally:
            self.house.close()
            shutil.rmtree(self.folder, ignore_errors=True)
