"""What a command does differently where a person looks on: pager, width, colours, bars."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.cli.pager import find_pager
from tests.stand_ins.terminal import terminal

if TYPE_CHECKING:
    from pathlib import Path

    Cli = Any

ESCAPE = "\x1b["


def show(cli: Cli, *arguments: object, lines: int = 24, columns: int = 80, **env: str) -> str:
    """What a terminal shows of a command."""
    environ = cli.environ({"TERM": "xterm-256color", "PAGER": "cat", **env})
    argv = cli.argv(*arguments)
    with terminal(argv, cli.cwd, environ, lines=lines, columns=columns) as shown:
        text = shown.read_all()
        assert shown.process.returncode == 0, text
    return text


@pytest.fixture
def pager(cli: Cli) -> str:
    """A pager that leaves its input, and how it was called, in a file."""
    script = cli.home / "pager"
    script.write_text(
        f'#!/bin/sh\necho "LESS=$LESS $*" > {cli.home}/paged\ncat >> {cli.home}/paged\n'
    )
    script.chmod(0o755)
    return f"{shlex.quote(str(script))} --some option"


def test_long_output_goes_to_the_pager(cli: Cli, pager: str) -> None:
    shown = show(cli, "samples", PAGER=pager)
    assert shown == ""
    first, *lines = (cli.home / "paged").read_text().splitlines()
    assert first == "LESS=FRX --some option"
    assert len(lines) > 24
    assert "data_new_unit" in "".join(lines)
    assert ESCAPE in lines[1]


def test_the_users_own_wishes_for_less_count(cli: Cli, pager: str) -> None:
    show(cli, "samples", PAGER=pager, LESS="S")
    assert (cli.home / "paged").read_text().startswith("LESS=S --some")


@pytest.mark.parametrize(
    "arguments", [("--no-pager", "samples"), ("samples", "--no-pager"), ("samples",)]
)
def test_no_pager_without_a_wish_or_a_need(cli: Cli, pager: str, arguments: tuple[str]) -> None:
    lines = 24 if "--no-pager" in arguments else 200
    assert "data_new_unit" in show(cli, *arguments, PAGER=pager, lines=lines)
    assert not (cli.home / "paged").exists()


def test_a_pager_that_is_left_early_is_no_error(cli: Cli, store: Path) -> None:
    arguments = ("deliveries", "--db", store, "--json")
    assert show(cli, *arguments, PAGER="head -c 5", lines=3).startswith('{"id"')


def test_a_pager_that_is_not_there_is_done_without(cli: Cli) -> None:
    assert "data_new_unit" in show(cli, "samples", PAGER="no-such-pager-anywhere")


def test_off_a_terminal_there_is_no_pager(cli: Cli, pager: str) -> None:
    assert "data_new_unit" in cli("samples", PAGER=pager).out
    assert not (cli.home / "paged").exists()


@pytest.mark.parametrize(
    ("environ", "argv"),
    [
        ({"PAGER": ""}, None),
        ({"PAGER": "cat"}, None),
        ({"PAGER": "'sh"}, None),
        ({"PAGER": "sh -c 'x y'"}, ["sh", "-c", "x y"]),
        ({"PAGER": "sh", "TERM": "dumb"}, None),
    ],
)
def test_which_pager_it_is(environ: dict[str, str], argv: list[str] | None) -> None:
    assert find_pager({"PATH": "/usr/bin:/bin", **environ}) == argv


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_tables_fit_the_terminal_and_obey_no_color(cli: Cli, store: Path, columns: int) -> None:
    arguments = ("deliveries", "--db", store)
    plain = show(cli, *arguments, columns=columns, NO_COLOR="1")
    assert ESCAPE not in plain
    lines = plain.splitlines()
    assert len(lines) == 8
    assert max(map(len, lines)) <= columns
    if columns == 80:
        assert ESCAPE in show(cli, *arguments, columns=columns)


def test_a_bar_is_drawn_on_a_terminal_only(cli: Cli, store: Path) -> None:
    log = cli.cwd / "log.jsonl"
    shown = show(cli, "export", "--db", store, "--output", log)
    assert "Exporting" in shown
    assert shown.rstrip().endswith("B).")
    shown = show(cli, "import", log, "--db", cli.home / "copy.db")
    assert "Checking" in shown
    assert "Importing" in shown
    ended = cli("export", "--db", store, "--output", log)
    assert "Exporting" not in ended.err
    old = shutil.copy(store, cli.home / "old.db")
    assert "Deleting" in show(cli, "prune", "--older-than", "1d", "--db", old)
