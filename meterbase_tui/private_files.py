"""Whose files are, and files that only their owner may read: there whole or not at all."""

from __future__ import annotations

import os
import pwd
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def owner_of(path: Path) -> str | None:
    """The name of the user whom a file belongs to; None for our own, or one that is not there."""
    try:
        owner = path.stat().st_uid
    except OSError:
        return None
    if owner == os.geteuid():
        return None
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"user {owner}"


def may_exist(path: Path) -> bool:
    """Whether there is a file, as far as can be seen: in a folder that is closed to us there may.

    Whoever opens it is told then why it cannot be; that there is none would be a guess.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


@contextmanager
def replacing(path: str) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` when all of it was written.

    Raises:
        OSError: it cannot be written; what was at `path` is still there.
    """
    target = Path(path)
    if target.exists() and not target.is_file():
        with target.open("wb") as file:  # a pipe or a device
            yield file
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


@contextmanager
def creating(path: str) -> Iterator[IO[bytes]]:
    """A file to write that was not there before.

    Raises:
        FileExistsError: there is something at `path` already; it is left alone.
        OSError: it cannot be written, and is not there.
    """
    # Takes the name first, so that nothing that comes meanwhile is replaced.
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with replacing(path) as file:
            yield file
    except BaseException:
        with suppress(FileNotFoundError):
            Path(path).unlink()
        raise
