"""The facts about the store's files, or about why there can be none. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from receiver.checks.exposure import ExposedFile


class ObstacleKind(StrEnum):
    """Why no store can be made."""

    NO_FOLDER = "no_folder"
    """A named store's folder does not exist."""
    NOT_A_FOLDER = "not_a_folder"
    CLOSED = "closed"
    """A folder that this user may not enter; what is in it is not known either."""
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a store from being made."""

    kind: ObstacleKind
    path: str
    """Of the folder, or of what is in its place."""
    owner: str | None = None
    """The user whom it belongs to, if that is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """The store's files."""

    path: str
    missing: bool = False
    problem: str | None = None
    """Why it cannot be read, as a sentence."""
    replaced: bool = False
    """Whether the file was moved, deleted or replaced since it was opened."""
    size: int = 0
    wal_size: int = 0
    """Of the write-ahead log."""
    free: int | None = None
    """Bytes left on its disk."""
    writable: bool = True
    """Of a store that is there: whether it takes what is written."""
    obstacle: Obstacle | None = None
    """Of a store that is not there: what keeps a receiver from making it."""
    network_file_system: str | None = None
    """The kind of the network file system that it lies on."""
    exposed: tuple[ExposedFile, ...] = ()
