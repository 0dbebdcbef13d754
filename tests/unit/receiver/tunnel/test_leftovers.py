from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from receiver.tunnel.leftovers import Record, _identity_by_ps, end_leftovers, identity
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen[bytes]]:
    code = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-IS", "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def dead_owner() -> dict[str, str]:
    process = subprocess.Popen(["sleep", "600"])
    known = {str(process.pid): identity(process.pid) or ""}
    process.kill()
    process.wait()
    return known


def leave(directory: Path, pid: int, owner: dict[str, str], started: str | None = None) -> Path:
    path = directory / "running-0.json"
    started = started or identity(pid) or ""
    path.write_text(json.dumps({"owner": owner, "processes": {str(pid): started}}))
    return path


def test_a_leftover_of_a_dead_owner_is_ended(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    path = leave(tmp_path, sleeper.pid, dead_owner())

    assert end_leftovers(tmp_path) == [sleeper.pid]
    assert sleeper.wait(30) == -signal.SIGTERM
    assert not path.exists()


def test_one_that_ignores_the_request_is_ended_by_force_and_in_time(
    tmp_path: Path, stubborn: subprocess.Popen[bytes]
) -> None:
    leave(tmp_path, stubborn.pid, dead_owner())
    with Stopwatch() as took:
        assert end_leftovers(tmp_path, patience=0.2) == [stubborn.pid]
        assert stubborn.wait(30) == -signal.SIGKILL

    assert took.seconds < 2


def test_another_process_with_the_same_pid_is_not_touched(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    path = leave(tmp_path, sleeper.pid, dead_owner(), started="another boot:12345")

    assert end_leftovers(tmp_path) == []
    assert sleeper.poll() is None
    assert not path.exists()


def test_what_belongs_to_a_living_owner_is_not_touched(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    path = leave(tmp_path, sleeper.pid, {str(os.getpid()): identity(os.getpid()) or ""})

    assert end_leftovers(tmp_path) == []
    assert sleeper.poll() is None
    assert path.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"owner": 1, "processes": 2}'])
def test_a_record_that_cannot_be_read_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "running-0.json"
    path.write_text(text)

    assert end_leftovers(tmp_path) == []
    assert path.read_text() == text


def test_a_record_names_owner_and_processes_and_goes_when_they_do(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    record = Record(tmp_path / "state", "ngrok")
    record.add(sleeper.pid)
    record.add(sleeper.pid)
    (path,) = (tmp_path / "state").iterdir()

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {
        "provider": "ngrok",
        "owner": {str(os.getpid()): identity(os.getpid())},
        "processes": {str(sleeper.pid): identity(sleeper.pid)},
    }
    record.remove()
    assert list((tmp_path / "state").iterdir()) == []


def test_a_directory_that_cannot_be_written_is_only_a_warning(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    record = Record(tmp_path / "file" / "state", "ngrok")
    record.add(sleeper.pid)
    record.remove()
    assert "cannot be written" in caplog.text


def test_an_identity_is_of_one_process_only(sleeper: subprocess.Popen[bytes]) -> None:
    assert identity(sleeper.pid) == identity(sleeper.pid)
    assert identity(sleeper.pid) != identity(os.getppid())
    sleeper.kill()
    # Not yet reaped: a zombie holds the pid, but does not run.
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert identity(sleeper.pid) is None
    sleeper.wait()
    assert identity(sleeper.pid) is None


@pytest.mark.skipif(not os.path.exists("/bin/ps"), reason="there is no /bin/ps")  # noqa: PTH110
def test_without_a_proc_file_system_ps_tells(sleeper: subprocess.Popen[bytes]) -> None:
    assert _identity_by_ps(sleeper.pid)
    assert _identity_by_ps(sleeper.pid) == _identity_by_ps(sleeper.pid)
    assert _identity_by_ps(sleeper.pid) != _identity_by_ps(1)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert _identity_by_ps(sleeper.pid) is None
    sleeper.wait()
    assert _identity_by_ps(sleeper.pid) is None
