"""What a run left behind or let out, and a search for a secret in it, in every form."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WINDOW = 12
"""So many characters of a secret in a row are too many."""


def forms(secret: str) -> Iterator[bytes]:
    """Each stretch of a secret as programs write it down."""
    for start in range(len(secret) - _WINDOW + 1):
        piece = secret[start : start + _WINDOW].encode("ascii")
        yield piece
        yield piece[::-1]
        yield piece.hex().encode("ascii")
        yield piece.hex().upper().encode("ascii")
        yield piece.hex(" ").encode("ascii")
        # Three bytes are four characters; what they are depends on where the piece begins.
        yield base64.b64encode(piece)[:-1]
        yield quote(piece).encode("ascii")
        yield piece.decode("ascii").encode("utf-16-le")


@dataclass
class Traces:
    """All that was left behind or let out, by what it is."""

    found: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, data: bytes | str) -> None:
        self.found[name] = data.encode("utf-8") if isinstance(data, str) else data

    def add_files(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                self.add(str(path.relative_to(folder)), path.read_bytes())

    def require_none_of(self, secret: str, what: str) -> None:
        for form in set(forms(secret)):
            for name, data in self.found.items():
                assert form not in data, f"the {what} is in {name}"
