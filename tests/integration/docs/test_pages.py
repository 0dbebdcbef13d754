"""What the tutorial and the how-tos tell a reader to type does what they say, word for word."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.docs.pages import agrees, outputs, read_blocks, write_script
from tests.stand_ins.ports import find_port
from tests.stand_ins.quick_command import QuickCommand

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOCS = Path(__file__).parents[3] / "docs"
_DEADLINE_S = 60.0
PAGES = (
    "tutorial",
    "first-webhook",
    "secret-rotation",
    "forwarding",
    "continuous-integration",
    "team-handover",
    "search-and-retention",
    "screen-sharing",
    "environments",
    "configuration",
)


@pytest.fixture(scope="module")
def quick() -> Iterator[QuickCommand]:
    with tempfile.TemporaryDirectory() as folder:
        command = QuickCommand(Path(folder))
        yield command
        command.close()


def _play(script: str, folder: Path, environ: dict[str, str]) -> tuple[int, str]:
    """Runs a script, and ends all that it started; gives its exit code and what it printed."""
    with tempfile.TemporaryFile() as output:
        # To a file and not to a pipe: what goes on in the background would keep that open.
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            code = shell.wait(_DEADLINE_S)
        except subprocess.TimeoutExpired:
            code = -1
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
        output.seek(0)
        return code, output.read().decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_followed(name: str, quick: QuickCommand, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    ports = {port: str(find_port()) for port in ("8787", "8788", "3000", "3001")}
    numbers = re.compile(rf"(?<=[:= ])({'|'.join(ports)})\b")
    text = (_DOCS / f"{name}.md").read_text(encoding="utf-8")
    blocks = read_blocks(numbers.sub(lambda found: ports[found[1]], text))
    assert blocks
    environ = {
        "PATH": f"{quick.path}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "METERBASE_PORT": ports["8787"],
        "METERBASE_TUNNEL": "none",
        "PYTHONPATH": str(_DOCS.parent),
        "COLUMNS": "120",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
    code, printed = _play(write_script(blocks, tmp_path), work, environ)
    assert code == 0, printed
    for number, text in outputs(printed).items():
        said = blocks[number].printed
        assert said is None or agrees(said, text), f"{said}\n--- but:\n{text}"


def test_no_page_with_commands_is_left_out() -> None:
    made = {"commands", "index", "contributing", "changelog"}
    with_commands = {page.stem for page in _DOCS.glob("*.md") if read_blocks(page.read_text())}
    assert with_commands - made == set(PAGES)
