"""What the screen remembers from one run to the next: how the user left it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 4_096


class Memory:
    """A small file among the program's state; where it is missing or damaged, nothing is known.

    Args:
        path: the file; None remembers nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @property
    def theme(self) -> str | None:
        """The theme that was chosen last, in a word."""
        known = self._read().get("theme")
        return known if isinstance(known, str) else None

    @theme.setter
    def theme(self, word: str) -> None:
        self._write(self._read() | {"theme": word})

    def _read(self) -> dict[str, object]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                known = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}

    def _write(self, known: dict[str, object]) -> None:
        if self._path is None:
            return
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        # A folder that cannot be written is no reason to trouble anybody over a colour.
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(json.dumps(known), encoding="utf-8")
            draft.replace(self._path)
