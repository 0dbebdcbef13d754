"""What keeps a receiver from making its store. Frozen values, like all facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
