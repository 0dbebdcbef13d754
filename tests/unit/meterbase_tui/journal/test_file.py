"""The log's file: private, bounded, written by several at a time, and read over its parts."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import stat
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.journal import file as file_module
from meterbase_tui.journal.entries import read_entry
from meterbase_tui.journal.file import KEPT, LogFile, aside
from meterbase_tui.journal.reading import LogReader, newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.journal.entries import Entry

REPOSITORY = Path(__file__).parents[4]


def line(number: int, level: str = "info", padding: int = 0) -> str:
    document = {"time": "2026-03-25T14:30:00Z", "level": level, "logger": "tests"}
    return json.dumps(document | {"message": f"line {number}", "fields": {"x": "x" * padding}})


def write(file: LogFile, text: str) -> None:
    file.handle(logging.makeLogRecord({"msg": text}))


def messages(entries: list[Entry]) -> list[int]:
    return [int(entry.message.removeprefix("line ")) for entry in entries]


def read_all(path: Path, least: str = "debug") -> list[Entry]:
    with closing(LogReader(path)) as reader:
        return list(reader.read(least))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "logs" / "program.log"


def test_the_file_and_its_folder_are_for_their_owner_only(path: Path) -> None:
    before = os.umask(0)
    try:
        file = LogFile(path, most_bytes=200)
        for number in range(9):
            write(file, line(number))
        file.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = sorted(path.parent.iterdir())
    assert len(files) == KEPT + 1
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_it_is_bounded_and_the_newest_stay(path: Path) -> None:
    file = LogFile(path, most_bytes=2_000, kept=2)
    for number in range(500):
        write(file, line(number))
    file.close()
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "program.log", "program.log.1", "program.log.2",
    ]  # fmt: skip
    assert all(each.stat().st_size <= 2_000 for each in path.parent.iterdir())
    kept = messages(read_all(path))
    assert kept == list(range(kept[0], 500))
    assert len(kept) > 20


def test_a_line_that_is_longer_than_a_file_does_not_go_round_for_ever(path: Path) -> None:
    file = LogFile(path, most_bytes=100)
    for number in range(3):
        write(file, line(number, padding=500))
    assert messages(read_all(path)) == [0, 1, 2]
    file.close()


def test_a_file_that_was_moved_or_deleted_is_made_anew(path: Path) -> None:
    file = LogFile(path)
    write(file, line(1))
    path.unlink()
    write(file, line(2))
    path.rename(path.with_name("elsewhere"))
    write(file, line(3))
    file.close()
    assert messages(read_all(path)) == [3]


def test_a_place_that_cannot_be_written_is_told_and_troubles_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = LogFile(tmp_path / "file" / "program.log")
    file.try_open()
    assert file.problem is not None
    assert str(tmp_path / "file" / "program.log") in file.problem
    write(file, line(1))
    file.close()


def test_a_disk_that_is_full_is_told_until_there_is_room(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = LogFile(path)
    write(file, line(1))
    with monkeypatch.context() as full:

        def refuse(*_: object) -> int:
            raise OSError(28, "No space left on device")

        full.setattr("os.write", refuse)
        write(file, line(2))
        assert "No space left" in str(file.problem)
    write(file, line(3))
    assert file.problem is None
    file.close()


def test_nobody_waits_for_another_process_that_moves_files(path: Path) -> None:
    file = LogFile(path, most_bytes=200)
    write(file, line(1))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Also one that is shared is enough: whoever moves files must be alone.
        fcntl.flock(folder, fcntl.LOCK_SH)
        for number in range(2, 6):
            write(file, line(number))
        assert not aside(path, 1).exists()
    finally:
        os.close(folder)
    write(file, line(6))
    assert aside(path, 1).exists()
    file.close()
    assert messages(read_all(path)) == [1, 2, 3, 4, 5, 6]


def test_a_file_that_another_process_has_put_aside_just_now_is_not_put_aside_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, fast = LogFile(path, most_bytes=300), LogFile(path, most_bytes=300)
    write(slow, line(1, padding=150))
    claim = file_module._claim

    @contextmanager
    def claim_late(folder: Path) -> Iterator[bool]:
        monkeypatch.setattr(file_module, "_claim", claim)
        write(fast, line(2))
        with claim(folder) as ours:
            yield ours

    monkeypatch.setattr(file_module, "_claim", claim_late)
    write(slow, line(3))
    slow.close()
    fast.close()
    assert aside(path, 1).read_text() == line(1, padding=150) + "\n"
    assert not aside(path, 2).exists()
    assert messages(read_all(path)) == [1, 2, 3]


def test_a_line_is_not_lost_when_another_has_put_the_file_aside_and_made_no_new_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = LogFile(path, most_bytes=300)
    write(slow, line(1, padding=250))
    claim = file_module._claim

    @contextmanager
    def claim_late(folder: Path) -> Iterator[bool]:
        path.replace(aside(path, 1))
        with claim(folder) as ours:
            yield ours

    monkeypatch.setattr(file_module, "_claim", claim_late)
    write(slow, line(2, padding=250))
    slow.close()
    assert slow.problem is None
    assert messages(read_all(path)) == [1, 2]


WRITER = """
import logging, sys
from pathlib import Path
from meterbase_tui.journal.file import LogFile
file = LogFile(Path(sys.argv[1]), most_bytes=60_000, kept=50)
for number in range(1500):
    file.handle(logging.makeLogRecord({"msg": f'{sys.argv[2]} {number} {"x" * 300}'}))
"""


def test_what_several_processes_write_does_not_mix_and_nothing_is_lost(path: Path) -> None:
    environ = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], env=environ)
        for name in "abc"
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    seen: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    for number in range(50, -1, -1):
        if aside(path, number).exists():
            for text in aside(path, number).read_text().splitlines():
                name, count, padding = text.split(" ")
                assert padding == "x" * 300
                seen[name].append(int(count))
    assert {name: sorted(counts) for name, counts in seen.items()} == {
        name: list(range(1500)) for name in "abc"
    }


def test_following_misses_nothing_while_files_are_put_aside(path: Path) -> None:
    file = LogFile(path, most_bytes=700)
    reader = LogReader(path)
    seen: list[int] = []
    for number in range(300):
        write(file, line(number))
        if number % 7 == 0:
            seen += messages(list(reader.read()))
    seen += messages(list(reader.read()))
    assert seen == list(range(300))
    reader.close()
    file.close()


def test_half_a_line_waits_for_its_other_half(path: Path) -> None:
    path.parent.mkdir(parents=True)
    whole = line(1) + "\n"
    path.write_text(whole[:30])
    reader = LogReader(path)
    assert list(reader.read()) == []
    with path.open("a") as file:
        file.write(whole[30:] + "junk\n" + line(2) + "\n")
    assert messages(list(reader.read())) == [1, 2]
    reader.close()


def test_a_log_that_is_not_there_yet_is_empty_and_then_followed(path: Path) -> None:
    reader = LogReader(path)
    assert list(reader.read()) == []
    file = LogFile(path)
    write(file, line(1))
    assert messages(list(reader.read())) == [1]
    reader.close()
    file.close()


def test_only_graver_entries_and_only_the_newest(path: Path) -> None:
    file = LogFile(path)
    for number, level in enumerate(["debug", "info", "warning", "error", "info", "error"]):
        write(file, line(number, level))
    file.close()
    assert messages(read_all(path, "warning")) == [2, 3, 5]
    assert messages(newest(iter(read_all(path)), 2)) == [4, 5]
    assert len(newest(iter(read_all(path)), 0)) == 6
    assert read_entry(line(1)) is not None
