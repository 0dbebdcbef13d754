"""A log that cannot be written is done without, in silence."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from meterbase_tui.journal import keep_journal
from meterbase_tui.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_log = logging.getLogger("receiver.anything")


def test_a_log_that_cannot_be_opened(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a.log"
    folder.mkdir()
    with keep_journal(Settings(db=tmp_path / "store.db", log_file=folder)):
        _log.warning("Something that nobody will read")
    assert capfd.readouterr() == ("", "")


def test_a_log_that_has_no_room(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    # Every write to it fails as on a full disk.
    full = tmp_path / "a.log"
    full.symlink_to("/dev/full")
    with keep_journal(Settings(db=tmp_path / "store.db", log_file=full)):
        for _ in range(300):
            _log.warning("Something that nobody will read, at some length: %s", "x" * 100)
    assert capfd.readouterr() == ("", "")
