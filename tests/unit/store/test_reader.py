"""A reader that is closed leaves nothing open."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from store.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path


def test_what_another_thread_opened_is_closed_too(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Database(path).close()
    with closing(Reader(path)) as reader:
        thread = threading.Thread(target=reader.revision)
        thread.start()
        thread.join()
        reader.revision()
        opened = list(reader._opened)
        assert len(opened) == 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
