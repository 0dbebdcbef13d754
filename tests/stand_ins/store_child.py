"""A process of its own with a store open, to be killed, stopped or outwaited by a test.

Usage: store_child.py ROLE PATH [ARGUMENT]. It says what it does on stdout, a line at a time, and
ends when stdin is closed.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import signal
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.database import Database
from store.errors import StoreError, StoreUnavailableError
from store.processing import finishing, queue
from store.processing.effects import FieldChange, Finish
from store.records import ChangeSource, EventState, Outcome
from tests.stand_ins.arrivals import accepted, refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CLIENTS = 24


def say(*words: object) -> None:
    """A line that is out when this returns, whatever happens to the process next."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def hold_open(path: Path) -> None:
    """Has the store open as a receiver."""
    try:
        database = Database(path)
    except StoreError as error:
        say(type(error).__name__, error)
        return
    say("ready")
    sys.stdin.read()
    database.close()
    say("closed")


def load(path: Path, first: str) -> None:
    """Delivers and processes as fast as it can until it is killed; says every receipt."""
    database = Database(path)
    threading.Thread(target=_process, args=(database,), daemon=True).start()
    numbers = itertools.count(int(first))
    asyncio.run(_deliver(database, numbers))


async def _deliver(database: Database, numbers: itertools.count[int]) -> None:
    async def client(index: int) -> None:
        for number in numbers:
            # Every fourth is delivered again, to be told from a new one whatever was killed when.
            for again in range(1 + (number % 4 == 0)):
                receipt = await database.append(accepted(number), 600)
                say(number, receipt.delivery_id, receipt.event_id, int(receipt.duplicate), again)
            if number % 10 == index % 10:
                await database.append(refused(number), 600)

    say("ready")
    await asyncio.gather(*(client(index) for index in range(_CLIENTS)))


def _process(database: Database) -> None:
    def batch(connection: Connection) -> None:
        queue.admit(connection, 64)
        claimed = queue.claim(connection, 64)
        finishing.finish(
            connection, [(claim, _finish(claim)) for claim in claimed], datetime.now(UTC)
        )

    while True:
        database.write(batch).result()


def _finish(claim: queue.Claim) -> Finish:
    change = FieldChange(
        connection_id="conn_abc123",
        property_id="prop_001",
        unit_id="unit_101",
        unit_number="101",
        field="sqft",
        old=None,
        new=claim.id,
        affects_rubs=True,
        source=ChangeSource.EVENT,
    )
    return Finish(state=EventState.PROCESSED, outcome=Outcome.UPDATED, changes=(change,))


def fill(path: Path, limit: str) -> None:
    """Appends until its files may not grow any more, then goes on with a higher limit."""
    database = Database(path)
    # Without this the kernel ends the process where a full disk would only give an error.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), resource.RLIM_INFINITY))

    async def append(number: int) -> bool:
        try:
            receipt = await database.append(accepted(number, padding=20_000), 5)
        except StoreUnavailableError as error:
            say("refused", number, error)
            return False
        say("stored", number, receipt.delivery_id)
        return True

    async def run() -> None:
        numbers = itertools.count(1)
        while await append(next(numbers)):
            pass
        await append(next(numbers))
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        await append(next(numbers))

    asyncio.run(run())
    database.close()
    say("closed")


def append_some(path: Path, count: str) -> None:
    """Appends one after the other and ends."""
    database = Database(path)

    async def run() -> None:
        for number in range(int(count)):
            await database.append(accepted(number), 600)

    asyncio.run(run())
    database.close()


def die_of_a_receipt(path: Path, count: str) -> None:
    """Kills itself as soon as it has said the last receipt: nothing follows that could help."""
    database = Database(path)

    async def run() -> None:
        for number in range(int(count)):
            receipt = await database.append(accepted(number), 600)
            say(number, receipt.delivery_id, receipt.event_id, int(receipt.duplicate), 0)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(run())


def create_and_die(folder: Path) -> None:
    """Makes new stores, each killed one statement later than the one before, until one is made."""
    for number in itertools.count(1):
        child = os.fork()
        if not child:
            _die_before_statement(number)
            Database(folder / f"{number}.db")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            say("made", os.waitstatus_to_exitcode(status))
            return
        say("killed", number)


def _die_before_statement(number: int) -> None:
    connect, left = sqlite3.connect, itertools.count(1 - number)

    def count(statement: str) -> None:
        looks = statement.startswith(("SELECT", "PRAGMA main.", "PRAGMA temp."))
        if not looks and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = watched  # type: ignore[assignment]


ROLES = {
    role.__name__: role
    for role in (hold_open, load, fill, append_some, create_and_die, die_of_a_receipt)
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
