"""The command by itself: help, version, mistakes, and the screen where there is none."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.cli.root import root
from meterbase_tui.settings.definitions import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    Cli = Any
    Inside = Callable[..., Any]

COMMANDS = tuple(root._places)
HEAVY = {"aiohttp", "sqlalchemy", "sqlite3", "textual", "pyngrok"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(cli: Cli, option: str) -> None:
    code = (
        "import sys; from meterbase_tui.cli import main;"
        f"code = main([{option!r}]);"
        "print(code, sorted({m.split('.')[0] for m in sys.modules} & set(sys.argv[1:])))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *HEAVY],
        capture_output=True,
        text=True,
        cwd=cli.cwd,
        env=cli.environ({}),
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "0 []"
    assert ended.stderr == ""


def test_help_and_version_look_at_no_setting(inside: Inside) -> None:
    for option in ("--help", "--version"):
        ended = inside(option, METERBASE_PORT="nonsense")
        assert (ended.code, ended.err) == (0, "")
    assert inside("--version").out.startswith("meterbase-tui ")


def test_help_names_every_command_and_every_option(inside: Inside) -> None:
    out = inside("--help").out
    for command in COMMANDS:
        assert f"  {command} " in out
    for definition in DEFINITIONS:
        assert definition.option is None or definition.option in out
    assert "SECRET" not in out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_commands_say(inside: Inside, name: str) -> None:
    place = root._places[name]
    command = getattr(import_module(place.module), place.attribute)
    verb = " ".join(place.short_help.split()[:2])
    assert command.help.startswith(verb)
    ended = inside(name, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert "--help" in ended.out


@pytest.mark.parametrize(
    ("typed", "meant"), [("deliverys", "deliveries"), ("sned", "send"), ("conf", "config")]
)
def test_a_mistyped_command_is_recognised(inside: Inside, typed: str, meant: str) -> None:
    ended = inside(typed)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"meterbase-tui: There is no command '{typed}'. Did you mean {meant}? "
        "Try 'meterbase-tui --help'.\n"
    )


def test_a_command_that_acts_on_the_terminal_does_not(inside: Inside) -> None:
    ended = inside("x\x1b[2J\n")
    assert ended.code == 2
    assert ended.err.rstrip("\n").isprintable()


@pytest.mark.parametrize("terminal", ["xterm-256color", "dumb"])
def test_the_screen_needs_a_terminal(cli: Cli, terminal: str) -> None:
    ended = cli(TERM=terminal)
    assert (ended.code, ended.out) == (2, "")
    assert "needs a terminal" in ended.err
    assert "meterbase-tui listen" in ended.err
    assert not cli.data.exists()


def test_the_screen_needs_a_terminal_that_can_draw(cli: Cli) -> None:
    import os  # noqa: PLC0415
    import pty  # noqa: PLC0415

    ours, theirs = pty.openpty()
    try:
        ended = subprocess.run(
            cli.argv(),
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            cwd=cli.cwd,
            env=cli.environ({"TERM": "dumb"}),
            timeout=20,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert ended.returncode == 2
    assert b"TERM is 'dumb'" in ended.stderr


def test_a_mistake_of_ours_is_one_line_without_a_traceback(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("\x1b[31mfield")

    monkeypatch.setattr("meterbase_tui.settings.load_settings", fail)
    ended = inside("config")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("meterbase-tui: This should not have happened: KeyError")
    assert ended.err.count("\n") == 1
    assert "\x1b" not in ended.err


def test_shells_can_ask_for_completions(cli: Cli) -> None:
    ended = cli(
        _METERBASE_TUI_COMPLETE="bash_complete", COMP_WORDS="meterbase-tui deliv", COMP_CWORD="1"
    )
    assert ended.code == 0
    assert ended.out == "plain,deliveries\n"
