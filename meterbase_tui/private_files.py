"""Files that only their owner may read, and that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
