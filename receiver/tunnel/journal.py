"""What the tunnel's program wrote, kept in a file instead of on the screen."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING

from receiver.tunnel.redaction import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_LONGEST_LINE = 2000


class Journal:
    """A file of redacted lines, 0600, that starts over when it has grown to its limit."""

    def __init__(self, path: Path, redact: Callable[[str], str], limit: int = 256 * 1024) -> None:
        self.path = path
        self._redact = redact
        self._limit = limit
        self._lock = threading.Lock()

    def write(self, line: str) -> None:
        """Adds one line. A disk that cannot take it is no reason to lose the tunnel."""
        text = one_line(self._redact(line), _LONGEST_LINE)
        if not text:
            return
        with self._lock:
            try:
                self._append(f"{text}\n".encode("utf-8", "replace"))
            except OSError as error:
                _LOG.warning("The tunnel's log %s cannot be written: %s", self.path, error)

    def _append(self, data: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            if os.fstat(descriptor).st_size + len(data) > self._limit:
                os.ftruncate(descriptor, 0)
            os.write(descriptor, data)
        finally:
            os.close(descriptor)
