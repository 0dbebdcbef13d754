"""Whether a file with a secret in it can be read by other users."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = 0o077


def exposure(path: Path) -> tuple[str, ...]:
    """A warning for a file that its group or everybody can read; empty for a private one."""
    mode = path.stat().st_mode & 0o777
    if not mode & _OTHERS:
        return ()
    return (
        f"{path} holds a secret and others can read it (mode {mode:04o}). Run: chmod 600 {path}",
    )
