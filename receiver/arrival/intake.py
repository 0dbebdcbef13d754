"""The one door: every request that reached us is judged, written down, and only then answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from receiver.arrival.flood import Dam
from receiver.arrival.origin import read_mark
from receiver.judging.judgement import Judgement, judge
from receiver.tasks import Tasks
from store.errors import StoreUnavailableError
from store.headers import shorten_headers
from store.records import Arrival, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from receiver.arrival.flood import Flood
    from receiver.background.diagnostician import Diagnostician
    from receiver.forwarding.forwarding import Forwarding
    from receiver.judging.keyring import Keyring
    from store.database import Database
    from store.records import Headers, Receipt
    from store.writing.submissions import Result

    Tell: TypeAlias = Callable[["Answer"], None]

KEPT_OF_REFUSED = 16 << 10
"""Bytes of a refused body that are kept: strangers can send those."""
_KEPT_OF_HEADERS = 16 << 10
LARGE = 64 << 10
"""Bodies beyond this are judged on another thread: parsing a mebibyte takes 0.2 s."""
_IN_WRITER_BY_S = 3.0
"""The writer must have taken an arrival so long after it began; a commit then takes 1.5 s at most,
so that the answer comes within 5 s."""
_ANSWERED_BY_S = 4.8
"""When the sender has to be answered, also if it gets the application's answer."""
_TOLD_AFTER_S = 1.0
"""How long refusals that are only counted are gathered for one row."""
_MOST_PATH = 2_048
_FORGED = (Verdict.MISSING, Verdict.INVALID)


class Request(NamedTuple):
    """What is known of a request; its body once it has been read, or given up."""

    method: str
    path: str
    """With its query, as it came; never decoded."""
    headers: Headers
    body: bytes
    started: float
    """`time.monotonic()` when its headers had arrived."""
    received_at: datetime


class Answer(NamedTuple):
    """What to send back."""

    status: int
    body: bytes


class Intake:
    """Judges requests and commits them. To be used on one event loop."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        diagnostician: Diagnostician,
        on_event: Callable[[], None],
        forwarding: Forwarding,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._diagnostician = diagnostician
        self._on_event = on_event
        self._forwarding = forwarding
        self._dam = Dam()
        self._tasks = Tasks()

    def take(self, request: Request, tell: Tell) -> Answer | None:
        """Judges a complete request to the route, and has it written down.

        Returns:
            Its answer, if there is one already; else None, and `tell` is called with it later on
            this loop.
        """
        judgement = judge(request.headers, request.body, self._keyring.secrets)
        return self._admit(request, judgement, tell)

    async def accept(self, request: Request) -> Answer:
        """Answers a complete request to the route, however large it is."""
        secrets = self._keyring.secrets
        if len(request.body) > LARGE:
            judgement = await asyncio.to_thread(judge, request.headers, request.body, secrets)
        else:
            judgement = judge(request.headers, request.body, secrets)
        return await self._settle(request, judgement)

    async def refuse(self, request: Request, status: int, error: str, explanation: str) -> Answer:
        """Answers a request whose signature is not checked: wrong, too large or too slow."""
        judgement = Judgement(status, Verdict.NOT_CHECKED, error, explanation=explanation)
        return await self._settle(request, judgement)

    async def finish(self) -> None:
        """Writes down what was only counted so far."""
        self._tell_floods()
        await self._tasks.finish(_IN_WRITER_BY_S)

    async def _settle(self, request: Request, judgement: Judgement) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        return self._admit(request, judgement, partial(_resolve, answer)) or await answer

    def _admit(self, request: Request, judgement: Judgement, tell: Tell) -> Answer | None:
        """Has a request written down that was judged; see `take`."""
        if judgement.verdict is not Verdict.VALID and not self._dam.admits():
            return self._count(request, judgement)
        elapsed = time.monotonic() - request.started
        try:
            self._database.submit(
                self._describe(request, judgement),
                max(0.1, _IN_WRITER_BY_S - elapsed),
                partial(self._conclude, request, judgement, tell),
            )
        except StoreUnavailableError:
            return UNAVAILABLE
        return None

    def _conclude(self, request: Request, judgement: Judgement, tell: Tell, result: Result) -> None:
        """Answers what was written down, or could not be."""
        if isinstance(result, StoreUnavailableError):
            tell(UNAVAILABLE)
            return
        milliseconds = round((time.monotonic() - request.started) * 1000, 3)
        accepted = judgement.status == 200  # noqa: PLR2004
        try:
            # First of all: the sender waits for nothing that follows.
            if not accepted:
                tell(_refused(judgement))
            elif not self._forwarding.waits:
                tell(Answer(200, _accepted(result)))
        finally:
            self._database.note_answer(result.delivery_id, milliseconds)
            if accepted:
                self._on_event()
        # While a secret is rotated, it is worth knowing who still signs with the old one.
        if self._keyring.secrets.previous is not None if accepted else judgement.verdict in _FORGED:
            self._diagnose(result, request)
        if accepted and self._forwarding.waits:
            asking = self._ask_application(request, result, tell)
            self._tasks.keep(asking, "The wait for the application's answer")

    async def _ask_application(self, request: Request, receipt: Receipt, tell: Tell) -> None:
        """The application's status, as it would be in production; the delivery is on disk."""
        elapsed = time.monotonic() - request.started
        seconds = max(0.1, _ANSWERED_BY_S - elapsed)
        answer = await self._forwarding.first_answer(receipt.delivery_id, seconds)
        if answer is None:
            tell(Answer(504, b'{"error":"forward_timeout"}'))
        elif answer.status is None:
            tell(Answer(502, b'{"error":"forward_unreachable"}'))
        else:
            tell(Answer(answer.status, _accepted(receipt)))

    def _count(self, request: Request, judgement: Judgement) -> Answer:
        if self._dam.count(request, judgement):
            asyncio.get_running_loop().call_later(_TOLD_AFTER_S, self._tell_floods)
        return _refused(judgement)

    def _tell_floods(self) -> None:
        for flood in self._dam.drain():
            self._tasks.keep(self._write_down(flood), "The row of a flood")

    async def _write_down(self, flood: Flood) -> None:
        told = flood.judgement._replace(explanation=flood.describe(time.monotonic()))
        # A store that cannot be written answers everything else with a 503 meanwhile.
        with suppress(StoreUnavailableError):
            row = self._describe(flood.request, told)._replace(requests=flood.count)
            await self._database.append(row, _IN_WRITER_BY_S)

    def _diagnose(self, receipt: Receipt, request: Request) -> None:
        self._diagnostician.submit(receipt.delivery_id, request.headers, request.body)

    def _describe(self, request: Request, judgement: Judgement) -> Arrival:
        origin, replay_of = read_mark(request.headers, request.body, self._keyring.secrets)
        signed = judgement.verdict is Verdict.VALID
        return Arrival(
            received_at=request.received_at,
            origin=origin,
            replay_of=replay_of,
            method=request.method,
            path=_storable(request.path[:_MOST_PATH]),
            status=judgement.status,
            verdict=judgement.verdict,
            explanation=judgement.explanation,
            headers=request.headers
            if signed
            else shorten_headers(request.headers, _KEPT_OF_HEADERS),
            body=request.body if signed else request.body[:KEPT_OF_REFUSED],
            size=len(request.body),
            body_sha256=hashlib.sha256(request.body).digest(),
            facts=judgement.facts,
        )


def _resolve(answer: asyncio.Future[Answer], given: Answer) -> None:
    if not answer.done():  # who asked may have gone meanwhile
        answer.set_result(given)


def _storable(path: str) -> str:
    """The path as text that can be written down: aiohttp may hand on bytes that are not UTF-8."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _accepted(receipt: Receipt) -> bytes:
    return (
        f'{{"status":"accepted","delivery_id":{receipt.delivery_id},'
        f'"event_id":{receipt.event_id},"duplicate":{"true" if receipt.duplicate else "false"}}}'
    ).encode("ascii")


def _refused(judgement: Judgement) -> Answer:
    return _answer_refused(judgement.status, judgement.error, judgement.detail)


@lru_cache(maxsize=64)
def _answer_refused(status: int, error: str | None, detail: str | None) -> Answer:
    answer = {"error": error} | ({"detail": detail} if detail else {})
    return Answer(status, json.dumps(answer, separators=(",", ":")).encode("ascii"))


UNAVAILABLE = Answer(503, b'{"error":"store_unavailable"}')
