"""Keeping the log: nobody waits for it, nothing of it reaches standard error, and it ends."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.journal import keep_journal, note_mistake
from meterbase_tui.settings import Settings
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger("receiver.tests")
AFTER_THE_END = """
import logging, pathlib, sys
from meterbase_tui.journal import keep_journal
from meterbase_tui.settings import Settings

folder = pathlib.Path(sys.argv[1])
with keep_journal(Settings(db=folder / "store.db", log_file=folder / "program.log")):
    logging.getLogger("asyncio").error("while it is kept")
logging.getLogger("asyncio").error("when all is closed")
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    path = tmp_path / "logs" / "program.log"
    return Settings(db=tmp_path / "store.db", secret=b"the secret of them", log_file=path)


def entries(settings: Settings) -> list[dict[str, Any]]:
    assert settings.log_file is not None
    return [json.loads(line) for line in settings.log_file.read_text().splitlines()]


def test_what_is_logged_anywhere_is_in_the_file_when_the_block_ends(settings: Settings) -> None:
    with keep_journal(settings):
        LOG.info("ours %d", 1)
        LOG.debug("too little")
        logging.getLogger("aiohttp.server").warning("of a library")
        logging.getLogger("aiohttp.server").info("what a library narrates")
    LOG.warning("after the end")
    assert [each["message"] for each in entries(settings)] == ["ours 1", "of a library"]


def test_what_is_logged_after_the_end_is_not_printed_either(tmp_path: Path) -> None:
    """In a process of its own: a test's has somebody who listens to every log."""
    command = [sys.executable, "-c", AFTER_THE_END, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    kept = (tmp_path / "program.log").read_text()
    assert "while it is kept" in kept
    assert "when all is closed" not in kept


def test_the_level_is_the_settings_and_is_put_back(settings: Settings) -> None:
    before = logging.getLogger("receiver").level, logging.getLogger().level
    with keep_journal(Settings(db=settings.db, log_file=settings.log_file, log_level="debug")):
        LOG.debug("a detail")
        logging.getLogger("asyncio").debug("a library's detail")
    assert [each["message"] for each in entries(settings)] == ["a detail"]
    assert (logging.getLogger("receiver").level, logging.getLogger().level) == before


def test_who_logs_never_waits_for_the_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, go = threading.Event(), threading.Event()
    real = os.write

    def write(handle: int, data: bytes) -> int:
        if b"line" in data:
            stuck.set()
            assert go.wait(120)
        return real(handle, data)

    with keep_journal(settings):
        monkeypatch.setattr("os.write", write)
        LOG.info("line 0")
        assert stuck.wait(30)
        with Stopwatch() as took:
            for number in range(1, 10_001):
                LOG.info("line %d", number)
        assert took.seconds < 5
        go.set()
    messages = [each["message"] for each in entries(settings)]
    # What is too much is counted, not kept in memory.
    assert 1_000 < len(messages) < 3_000
    assert messages[:3] == ["line 0", "line 1", "line 2"]


def test_lost_lines_are_counted_with_the_next_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meterbase_tui.journal.keeping._MOST_WAITING", 0)
    with keep_journal(settings):
        LOG.info("lost")
        LOG.info("lost too")
        monkeypatch.setattr("meterbase_tui.journal.keeping._MOST_WAITING", 100)
        LOG.info("kept")
    first, second = entries(settings)
    assert first["message"] == "2 lines of the log were lost: too many at a time"
    assert first["level"] == "warning"
    assert second["message"] == "kept"


def test_a_mistaken_call_prints_nothing(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest's own handlers raise what a handler of logging prints.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with keep_journal(settings):
        LOG.info("%d", "no number")
        LOG.info("and on")
    assert [each["message"] for each in entries(settings)] == ["and on"]
    assert capsys.readouterr().err == ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_ends_a_thread_is_logged_with_its_place(settings: Settings) -> None:
    def fail() -> None:
        raise RuntimeError("not the secret of them")

    with keep_journal(settings):
        thread = threading.Thread(target=fail, name="worker")
        thread.start()
        thread.join()
    (entry,) = entries(settings)
    assert entry["level"] == "error"
    assert "worker" in entry["message"]
    assert "in fail" in entry["traceback"]
    assert "the secret of them" not in json.dumps(entry)
    assert "not (hidden)" in entry["traceback"]


def test_a_secret_that_comes_later_is_hidden_too(settings: Settings) -> None:
    with keep_journal(settings) as journal:
        assert journal is not None
        journal.conceal(Settings(db=settings.db, secret=b"another secret"))
        LOG.info("the secret of them and another secret")
    assert entries(settings)[0]["message"] == "(hidden) and (hidden)"


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    with keep_journal(Settings(db=tmp_path / "store.db")) as journal:
        LOG.error("nowhere")
        assert journal is None
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_written_at_once_and_its_place_is_told(settings: Settings) -> None:
    error = RuntimeError("with the secret of them")
    assert note_mistake(settings, "It ended", error) == settings.log_file
    (entry,) = entries(settings)
    assert entry["message"] == "It ended"
    assert "RuntimeError: with (hidden)" in entry["traceback"]


def test_a_mistake_that_cannot_be_written_is_told_of_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(db=tmp_path / "store.db", log_file=tmp_path / "file" / "x.log")
    assert note_mistake(settings, "It ended", RuntimeError("x")) is None
