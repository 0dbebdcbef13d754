"""What the README tells a newcomer to type does what it says there, word for word."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import wait_until

if TYPE_CHECKING:
    from tests.integration.cli.conftest import Cli

REPOSITORY = Path(__file__).parents[3]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def block(heading: str) -> list[list[str]]:
    """The commands of the first code block under a heading, as words."""
    code = README.split(f"## {heading}\n", 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]
    lines = code.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


def type_in(cli: Cli, words: list[str], port: str) -> tuple[int, str]:
    """Types a command of the README's for a receiver at a port: exit code, and what it prints."""
    if words[0] == "curl":
        argv = [each.replace(":8787/", f":{port}/") for each in words]
    else:
        assert words[0] == "meterbase-tui", words
        argv = [sys.executable, "-m", "meterbase_tui", *words[1:]]
    ended = subprocess.run(
        argv,
        capture_output=True,
        cwd=cli.cwd,
        env=cli.environ({"METERBASE_PORT": port}),
        timeout=120,
        check=False,
    )
    return ended.returncode, ended.stdout.decode() + ended.stderr.decode()


def test_the_first_ten_minutes(cli: Cli) -> None:
    told: dict[str, tuple[int, str]] = {}
    with cli.started("listen", "--json", METERBASE_PORT="0") as receiver:
        assert receiver.stdout is not None
        url = json.loads(receiver.stdout.readline())["url"]
        port = re.search(r":(\d+)/", url)
        assert port is not None
        for words in block("The first ten minutes"):
            told[" ".join(words[1:3])] = type_in(cli, words, port[1])
            if "send" in words:
                wait_until(lambda: not cli("events", "--state", "pending").out.strip())
    expected = {
        "send data_new_unit": (0, "200"),
        "changes": (0, "occupant"),
        "send sync_complete": (0, "200"),
        "rubs prop_001": (0, "4,800.00"),
        "send test_ping": (3, "401"),
        "deliveries --verdict": (0, "body_reserialized"),
        "show delivery": (0, "body_reserialized"),
        "replay 2": (0, "200"),
        "diff 2": (0, "occupant_count"),
        "simulate wrong_secret_then_right": (0, "as in the portfolio"),
        "-X POST": (0, "invalid_signature"),
    }
    for name, (code, words_in_it) in expected.items():
        assert told[name][0] == code, (name, told[name])
        assert words_in_it in told[name][1], (name, told[name])
    assert "doctor" in told
    assert set(told) == {*expected, "doctor"}


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"(?:\]\(|srcset=\"|src=\")([^)\"]+)", README)))
)
def test_every_link_leads_somewhere(target: str) -> None:
    assert "://" not in target
    assert (REPOSITORY / target).exists()
