"""Standard output and standard error that take nothing: closed by the shell, or a full disk."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.cli.conftest import DEADLINE_S

if TYPE_CHECKING:
    Cli = Any

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
COMMANDS = (("samples",), ("config",), ("--help",))


def run(cli: Cli, *arguments: str, redirect: str) -> tuple[int, str, str]:
    """The command in a shell that redirects it: exit code, standard output, standard error."""
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirect}', "sh", *cli.argv(*arguments)],
        capture_output=True,
        text=True,
        cwd=cli.cwd,
        env=cli.environ({}),
        timeout=DEADLINE_S,
        check=False,
    )
    return ended.returncode, ended.stdout, ended.stderr


@FULL
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_disk_is_said_in_a_sentence(cli: Cli, arguments: tuple[str, ...]) -> None:
    code, _, said = run(cli, *arguments, redirect="> /dev/full")
    assert code == 1
    (sentence,) = [line for line in said.splitlines() if line.startswith("meterbase-tui: ")]
    assert "No space left on device" in sentence
    assert "Free some space" in sentence
    assert "Traceback" not in said


@pytest.mark.parametrize("redirect", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_shell_closed_leads_nowhere(cli: Cli, redirect: str) -> None:
    code, out, said = run(cli, "samples", redirect=redirect)
    assert (code, said) == (0, "")
    assert ("test_ping" in out) == (">&-" not in redirect.replace("2>&-", ""))


@FULL
def test_an_error_that_nobody_can_read_keeps_its_exit_code(cli: Cli) -> None:
    assert run(cli, "units", "--nonsense", redirect="2> /dev/full")[0] == 2
