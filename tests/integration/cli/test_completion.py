"""Completion in real shells, and what may become part of a command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.stand_ins.terminal import DEADLINE_S, terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Any
    Inside = Callable[..., Any]

_PROMPT = "ready$"
_START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
_FIRST = {"bash": "", "zsh": "autoload -Uz compinit; compinit -D; "}


@pytest.fixture
def installed(cli: Cli) -> Cli:
    """The command on the PATH, as an installation puts it there."""
    folder = cli.home / "bin"
    folder.mkdir()
    command = folder / "meterbase-tui"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m meterbase_tui "$@"\n')
    command.chmod(0o755)
    return cli


def environ(cli: Cli, **variables: str) -> dict[str, str]:
    path = f"{cli.home / 'bin'}:{os.environ['PATH']}"
    found: dict[str, str] = cli.environ({"PATH": path, "TERM": "xterm", **variables})
    return found


def complete(inside: Inside, line: str, **variables: str) -> list[tuple[str, str]]:
    """What is offered for the last word of a line, each with what it is."""
    words = line.split(" ")
    ended = inside(
        _METERBASE_TUI_COMPLETE="zsh_complete",
        COMP_WORDS=f"meterbase-tui {line}".strip(),
        COMP_CWORD=str(len(words)),
        **variables,
    )
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.strip().splitlines()
    return [(lines[at + 1], lines[at + 2]) for at in range(0, len(lines), 3)]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_tabulator_completes(installed: Cli, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    with terminal(_START[shell], installed.cwd, environ(installed)) as shown:
        shown.type(f"PS1='rea''dy$ '; {_FIRST[shell]}")
        shown.type(f'eval "$(meterbase-tui completion {shell})"; echo lo""aded\n')
        shown.read_until("loaded")
        shown.read_until(_PROMPT)
        shown.type("meterbase-tui simu\t")
        shown.read_until("simulate")
        shown.type("wrong_sec\t")
        shown.read_until("then_right")


def test_fish_completes(installed: Cli) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    ended = subprocess.run(
        ["fish", "--no-config", "-c",
         "meterbase-tui completion fish | source; complete -C 'meterbase-tui send data_new_r'"],
        capture_output=True, text=True, cwd=installed.cwd, env=environ(installed),
        timeout=DEADLINE_S, check=True,
    )  # fmt: skip
    offered = [line.split("\t") for line in ended.stdout.splitlines()]
    assert ["data_new_resident"] in [each[:1] for each in offered]
    assert all(each[0].startswith("data_new_r") for each in offered)


def test_a_shell_that_is_none_of_ours_is_told(inside: Inside) -> None:
    ended = inside("completion", "fsh")
    assert ended.code == 2
    assert "Did you mean fish?" in ended.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lis", {"listen"}),
        ("send test_p", {"test_ping"}),
        ("samples test_p", {"test_ping"}),
        ("samples sho", {"show"}),
        ("samples show wrong_", {"wrong_secret_then_right"}),
        ("simulate wrong_", {"wrong_secret_then_right"}),
        ("send test_ping --bad-signature no_", {"no_prefix"}),
        ("listen --tunnel n", {"ngrok", "none"}),
        ("deliveries --verdict inv", {"invalid"}),
        ("deliveries --event data.", {"data.new", "data.update"}),
        ("completion ", {"bash", "zsh", "fish"}),
        ("show ", {"delivery", "event", "unit"}),
    ],
)
def test_words_that_are_always_the_same(inside: Inside, line: str, words: set[str]) -> None:
    assert {word for word, _ in complete(inside, line)} == words


def test_what_is_in_the_store(inside: Inside, store: Path) -> None:
    db = {"METERBASE_DB": str(store)}
    offered = dict(complete(inside, "show delivery ", **db))
    assert set(offered) == {"1", "2", "3", "4", "5", "6", "7"}
    assert offered["3"] == "data.update unit_xyz789"
    assert "\x1b" not in "".join(offered.values())
    assert set(dict(complete(inside, "replay 7", **db))) == {"7"}
    assert dict(complete(inside, "show event ", **db))["1"] == "test.ping processed"
    assert dict(complete(inside, "rubs prop", **db)) == {"prop_001": "Sample building linked"}
    assert "conn_abc123" in dict(complete(inside, "deliveries --connection ", **db))
    # The option names the store, as it does when the command runs.
    assert dict(complete(inside, f"diff --db {store} 6", METERBASE_DB="/nowhere.db")).keys() == {
        "6"
    }


def test_an_id_that_would_act_on_the_shell_is_not_offered(inside: Inside, store: Path) -> None:
    offered = dict(complete(inside, "units --unit ", METERBASE_DB=str(store)))
    assert "unit_xyz789" in offered
    assert not [word for word in offered if "[" in word or "\x1b" in word]


def test_profiles_and_what_cannot_be_read(inside: Inside, cli: Cli) -> None:
    file = cli.home / "config.toml"
    file.write_text("[profile.staging]\n[profile.live]\n")
    assert set(dict(complete(inside, f"units --config {file} --profile "))) == {"staging", "live"}
    file.write_text("prot = 1")
    assert complete(inside, f"units --config {file} --profile ") == []
    assert complete(inside, "show delivery ", METERBASE_DB="/nowhere/none.db") == []
