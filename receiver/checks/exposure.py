"""Files that should be their owner's alone: what is known of one, and what a check says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.checks.check import warning
from receiver.checks.wording import argument

if TYPE_CHECKING:
    from receiver.checks.check import Finding


@dataclass(frozen=True, slots=True)
class ExposedFile:
    """A file that others than its owner can read."""

    path: str
    mode: int


def exposure(file: ExposedFile) -> Finding:
    """A finding for a file that others can read."""
    return warning(
        f"{file.path} can be read by other users of this computer (mode {file.mode:04o}).",
        f"Run: chmod 600 {argument(file.path, 'FILE')}",
    )
