"""What a refresh of a large building costs, once its units are fetched."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.bodies import CONNECTION, PROPERTY, UNITS
from benchmarks.figures import OURS, Measurement
from benchmarks.machine import on_core
from receiver.billing.bills import Allocation
from receiver.refreshing.applying import apply
from receiver.refreshing.facts import Snapshot, UnitFacts
from receiver.refreshing.weighing import Job, weigh
from store.database import Database
from store.processing import queue
from store.records import Arrival, EventFacts, Origin, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

FIRST, UNCHANGED = "first", "unchanged"


def measure_refresh(setting: Setting) -> Iterator[Measurement]:
    """1,200 units that nobody knew, then the same again: compared, and applied by the writer.

    Comparing holds up nobody; while it is applied, acknowledgements wait.
    """
    setting.say(f"refresh: {UNITS:,} units")
    with setting.new_folder() as folder, on_core(setting.cores.server):
        database = Database(folder / "store.db")
        try:
            now = datetime.now(UTC).replace(microsecond=0)
            for number, case in enumerate((FIRST, UNCHANGED)):
                at = now + timedelta(minutes=number)
                yield Measurement("refresh", OURS, case, _refresh(database, at))
        finally:
            database.close()


def _refresh(database: Database, at: datetime) -> dict[str, float]:
    job, snapshot, allocation = _ask(database, at), _snapshot(at), Allocation()
    began = time.perf_counter()
    weighed = database.read(lambda connection: weigh(connection, job, snapshot, allocation, at))
    compared = time.perf_counter()
    database.write(lambda connection: apply(connection, job, snapshot, weighed, at)).result()
    applied = time.perf_counter()
    return {
        "compare_ms": 1000 * (compared - began),
        "apply_ms": 1000 * (applied - compared),
        "whole_ms": 1000 * (applied - began),
    }


def _ask(database: Database, at: datetime) -> Job:
    """An event that asks for the refresh, as the receiver leaves it."""
    body = {"event": "sync.complete", "timestamp": at.isoformat(), "connection_id": CONNECTION}
    receipt = asyncio.run(database.append(_arrival(json.dumps(body).encode(), at), 5))
    database.write(lambda connection: queue.admit(connection, 1)).result()
    return Job(CONNECTION, (receipt.delivery_id,), (PROPERTY,), {PROPERTY: UNITS}, body)


def _arrival(body: bytes, at: datetime) -> Arrival:
    digest = hashlib.sha256(body).digest()
    return Arrival(
        received_at=at,
        origin=Origin.NETWORK,
        method="POST",
        path="/api/webhooks/propexo",
        status=200,
        verdict=Verdict.VALID,
        headers=((b"Content-Type", b"application/json"),),
        body=body,
        size=len(body),
        body_sha256=digest,
        facts=EventFacts(
            identity=digest, event="sync.complete", timestamp=at, connection_id=CONNECTION
        ),
    )


def _snapshot(at: datetime) -> Snapshot:
    units = tuple(
        UnitFacts(
            unit_id=f"unit_{number:06d}",
            property_id=PROPERTY,
            values={
                "unit_number": str(100 + number),
                "sqft": 700 + number % 500,
                "bedrooms": 2,
                "bathrooms": 1,
                "status": "vacant",
            },
        )
        for number in range(UNITS)
    )
    return Snapshot(
        connection_id=CONNECTION, properties=frozenset((PROPERTY,)), as_of=at, units=units
    )
