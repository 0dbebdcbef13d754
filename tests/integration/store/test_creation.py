"""A store that was killed while it was made is made at the next start."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from tests.stand_ins.arrivals import accepted, look

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stand_ins.store_processes import Child

_ROOT = Path(__file__).parents[3]


def test_it_can_be_killed_before_any_statement(tmp_path: Path, start: Callable[..., Child]) -> None:
    child = start("create_and_die", tmp_path)
    assert child.wait_for("made") == "made 0"

    killed = [line.split()[1] for line in child.lines() if line.startswith("killed")]
    assert len(killed) > 20
    for number in killed:
        _require_usable(tmp_path / f"{number}.db")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "unlink", "ftruncate"])
def test_it_can_be_killed_before_any_call_of_the_system(tmp_path: Path, call: str) -> None:
    """A statement is several steps: a journal may be left, or a page without its log."""
    for number in range(1, 30):
        path = tmp_path / f"{number}.db"
        companions = [f"{path}{end}" for end in ("", "-journal", "-wal", "-shm")]
        command = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}"]
        command += [word for name in companions for word in ("-P", name)]
        command += ["-e", f"inject={call}:signal=KILL:when={number}"]
        command += [sys.executable, "-m", "tests.stand_ins.store_child", "append_some"]
        ended = subprocess.run([*command, str(path), "0"], cwd=_ROOT, check=False, timeout=30)
        if ended.returncode == 0:
            break
        _require_usable(path)
    assert number > 1


def _require_usable(path: Path) -> None:
    database = Database(path)
    receipt = asyncio.run(database.append(accepted(1), 30))
    database.close()
    assert receipt.delivery_id == 1
    assert look(path, "SELECT name FROM progress ORDER BY name") == [
        "admitted",
        "last_delivery",
        "searchable",
    ]
    assert look(path, "SELECT connection_id FROM connections") == ["conn_abc123"]
