"""The exit codes, and which failure ends with which."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

from receiver.errors import PortError
from store.errors import (
    NoReceiverError,
    StoreError,
    StoreInUseError,
    StoreMissingError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Exit(IntEnum):
    """What the process says of its success."""

    DONE = 0
    UNEXPECTED = 1
    #: A command, an option or a setting that is not allowed, or a store that cannot be used.
    USAGE = 2
    #: A check ran and found a problem, or what was sent was refused.
    PROBLEM = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    #: The store is in use by another receiver, or the port is by another program.
    IN_USE = 6
    #: Stopped by a signal, as shells count it: the terminal has gone, Ctrl-C, or `kill`.
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class CommandError(Exception):
    """A command that cannot do what it was asked; `str()` is for the user."""

    def __init__(self, sentence: str, code: Exit) -> None:
        super().__init__(sentence)
        self.code = code


_OF_STORE: tuple[tuple[type[StoreError], Exit], ...] = (
    (NoReceiverError, Exit.UNREACHABLE),
    (StoreMissingError, Exit.NOT_FOUND),
    (StoreInUseError, Exit.IN_USE),
    (StoreRefusedError, Exit.USAGE),
    (StoreUnavailableError, Exit.UNEXPECTED),
)


def exit_of_store(error: StoreError) -> Exit:
    """The exit code for a store that cannot be used."""
    for kind, code in _OF_STORE:
        if isinstance(error, kind):
            return code
    return Exit.UNEXPECTED


@contextmanager
def port_failures() -> Iterator[None]:
    """Turns a port that cannot be opened into a command's failure."""
    try:
        yield
    except PortError as error:
        in_use = getattr(error.__cause__, "errno", None) == errno.EADDRINUSE
        raise CommandError(str(error), Exit.IN_USE if in_use else Exit.USAGE) from error
