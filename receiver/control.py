"""The way to change a store that a receiver has open: a socket beside it, for its owner only.

Exactly one connection writes to a store, and it belongs to the receiver. A command that wants to
change something asks it, over a Unix socket that no network reaches; when no receiver runs, it
opens the store itself. A request and its answer are one line of JSON each.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from receiver.operations import UnknownOperationError, perform
from store.database import Database
from store.errors import StoreError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.records import Json

Change: TypeAlias = "Callable[[str, dict[str, Any]], Json]"

_MOST_LINE = 1 << 20
_LONGEST_PATH = 100
"""Unix sockets have a path of about 104 bytes at most."""
_TIMEOUT_S = 5.0


def socket_path(store: Path) -> Path:
    """Where the receiver of a store listens: beside it, or among the temporary files."""
    beside = store.with_name(store.name + ".control")
    if len(os.fsencode(beside)) <= _LONGEST_PATH:
        return beside
    name = hashlib.sha256(os.fsencode(store.absolute())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"meterbase-{os.getuid()}-{name}.control"


class ControlServer:
    """Performs operations for other processes of the same user, on an event loop."""

    def __init__(self, database: Database, on_change: Callable[[], None]) -> None:
        self._database = database
        self._on_change = on_change
        self._path = socket_path(database.path)
        self._server: asyncio.Server | None = None
        self._deeds: dict[str, Callable[[], Json]] = {}

    def offer(self, name: str, deed: Callable[[], Json]) -> None:
        """Lets other processes ask for something that only this one can do, and not its store.

        Args:
            name: what they ask for; not the name of an operation.
            deed: is called on the event loop, so it must return at once.
        """
        self._deeds[name] = deed

    async def start(self) -> None:
        """Listens. The store's lock is held, so a socket that is there is a leftover."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        # Bound without permissions for others, and before anybody could connect.
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(
                self._serve, self._path, limit=_MOST_LINE
            )
        finally:
            os.umask(before)

    async def stop(self) -> None:
        """Stops listening and removes the socket."""
        if self._server is not None:
            self._server.close()
            with suppress(FileNotFoundError):
                self._path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await self._answer(await reader.readline())
                writer.write(json.dumps(answer).encode("ascii") + b"\n")
                await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass  # whoever asked is gone, or sent more than a line
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Json]:
        try:
            request = json.loads(line)
            name, arguments = request["operation"], request["arguments"]
            if name in self._deeds:
                return {"result": self._deeds[name]()}
            future = self._database.write(lambda connection: perform(connection, name, arguments))
            result = await asyncio.wrap_future(future)
        except (ValueError, KeyError, TypeError, UnknownOperationError, StoreError) as error:
            return {"error": str(error)}
        self._on_change()
        return {"result": result}


def request(
    store: Path, operation: str, arguments: dict[str, Any], *, with_sample: bool = True
) -> Json:
    """Performs one operation on a store; see `changing`.

    Raises:
        StoreError: the store cannot be opened or written, or the receiver refused.
    """
    with changing(store, with_sample=with_sample) as change:
        return change(operation, arguments)


@contextmanager
def changing(store: Path, *, with_sample: bool = True) -> Iterator[Change]:
    """A way to perform operations on a store, whether a receiver has it open or not.

    Args:
        store: its file; it is created when there is none.
        with_sample: whether a store that is created now knows the sample connection.

    Yields:
        What takes the name of an operation of `receiver.operations` with its arguments, and gives
        its result.

    Raises:
        StoreError: the store cannot be opened or written, or the receiver refused.
    """
    if _is_served(store):
        yield lambda operation, arguments: _request(store, operation, arguments)
        return
    database = Database(store, with_sample=with_sample)
    try:
        yield lambda operation, arguments: database.write(
            lambda connection: perform(connection, operation, arguments)
        ).result()
    finally:
        database.close()


def _is_served(store: Path) -> bool:
    """Whether something listens where a receiver of this store would."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TIMEOUT_S)
        try:
            connection.connect(os.fspath(socket_path(store)))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except PermissionError as error:
            if not os.path.lexists(socket_path(store)):
                return False  # in a folder that may not be entered, as opening the store will tell
            raise _silent(store, error) from error
        except OSError as error:
            raise _silent(store, error) from error
    return True


def _request(store: Path, operation: str, arguments: dict[str, Any]) -> Json:
    try:
        answer = _ask(store, {"operation": operation, "arguments": arguments})
    except (OSError, ValueError) as error:
        raise _silent(store, error) from error
    if "error" in answer:
        raise StoreUnavailableError(str(answer["error"]))
    return answer["result"]


def request_deed(store: Path, name: str, arguments: dict[str, Any] | None = None) -> Json:
    """Asks the receiver that has a store open, and nobody else, for a deed or an operation.

    Args:
        store: its file.
        name: a deed that the receiver offers, or an operation; see `receiver.operations`.
        arguments: what an operation takes.

    Raises:
        StoreUnavailableError: there is none, or it did not answer, or does not know the deed.
    """
    return _request(store, name, arguments or {})


def _silent(store: Path, error: Exception) -> StoreUnavailableError:
    if isinstance(error, PermissionError):
        return StoreUnavailableError(
            f"The store {store} was opened by a receiver of another user, who alone may use its "
            f"socket {socket_path(store)}. Run the command as that user."
        )
    return StoreUnavailableError(
        f"The receiver that has the store {store} open did not answer ({error}). Try again, or "
        "stop it first."
    )


def _ask(store: Path, question: dict[str, Any]) -> dict[str, Json]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TIMEOUT_S)
        connection.connect(os.fspath(socket_path(store)))
        connection.sendall(json.dumps(question).encode("ascii") + b"\n")
        with connection.makefile("rb") as file:
            answer = json.loads(file.readline(_MOST_LINE))
    if not isinstance(answer, dict):
        raise ValueError("its answer makes no sense")  # noqa: TRY004 - it is the answer's value
    return answer
