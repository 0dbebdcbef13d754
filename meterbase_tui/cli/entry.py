"""Where a run begins and ends: every failure becomes one sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import shell_complete

from meterbase_tui import collector
from meterbase_tui.cli.console import ReaderGoneError
from meterbase_tui.cli.exits import CommandError, Exit, exit_of_store
from meterbase_tui.cli.root import root
from meterbase_tui.cli.session import Session
from meterbase_tui.cli.stopping import end_on_signals
from meterbase_tui.private_files import owner_of
from meterbase_tui.settings import SettingsError
from meterbase_tui.version import COMPLETION_VARIABLE, PROGRAM
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

_ON_WINDOWS = (
    "This program needs Linux or macOS: the lock of its store and the socket that commands reach a "
    "receiver by are theirs. On Windows, run it in WSL. `sample_payloads` and its pytest plugin "
    "work without."
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    if sys.platform == "win32":
        sys.stderr.write(f"{PROGRAM}: {_ON_WINDOWS}\n")
        return Exit.USAGE
    collector.begin_start()
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number instead.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    session = Session()
    if wanted := os.environ.get(COMPLETION_VARIABLE):
        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, wanted)
    with end_on_signals() as ending:
        try:
            code = _run(session, sys.argv[1:] if arguments is None else list(arguments))
            return _hand_over(session, code)
        except ReaderGoneError:
            # `meterbase-tui deliveries | head` has seen what it wanted.
            session.console.abandon()
            return Exit.DONE
        except (KeyboardInterrupt, click.Abort):
            session.console.abandon()
            return ending.code


def _open_closed_streams() -> None:
    """Opens /dev/null in place of streams that a shell has closed (`>&-`).

    Python has None for such a stream, and the next file that is opened gets its number: what
    somebody writes to number 1 would land in that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, open(number, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _hand_over(session: Session, code: int) -> int:
    """Hands over what was printed last, and gives the exit code."""
    try:
        session.console.flush()
    except CommandError as error:
        session.console.say(f"{PROGRAM}: {error}")
        return error.code
    return code


def _run(session: Session, arguments: list[str]) -> int:
    try:
        with root.make_context(PROGRAM, arguments, obj=session) as context:
            result = root.invoke(context)
    except click.exceptions.Exit as error:
        return error.exit_code
    except ReaderGoneError:
        raise
    except BrokenPipeError:
        raise ReaderGoneError from None
    except click.Abort:
        raise
    except Exception as error:  # noqa: BLE001
        return _tell(session, error)
    return int(result or Exit.DONE)


def _tell(session: Session, error: Exception) -> int:
    """Says what a command ended with, and gives the exit code."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        session.console.abandon()  # it may have been standard output
        error = CommandError(f"{error.strerror}. Free some space.", Exit.UNEXPECTED)
    elif isinstance(error, PermissionError) and isinstance(error.filename, str):
        error = CommandError(_describe_refusal(error.filename), Exit.USAGE)
    sentence, code = _explain(error)
    if code == Exit.UNEXPECTED and not isinstance(error, CommandError | StoreError):
        sentence += _note(session, error)
    session.console.say(sentence)
    return code


def _explain(error: Exception) -> tuple[str, int]:
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else PROGRAM
        return f"{path}: {_word(error)} Try '{path} --help'.", Exit.USAGE
    if isinstance(error, click.ClickException):
        return f"{PROGRAM}: {_word(error)}", Exit.USAGE
    if isinstance(error, CommandError):
        return f"{PROGRAM}: {error}", error.code
    if isinstance(error, SettingsError):
        return f"{PROGRAM}: {error}", Exit.USAGE
    if isinstance(error, StoreError):
        return f"{PROGRAM}: {error}", exit_of_store(error)
    return f"{PROGRAM}: {_describe_mistake(error)}", Exit.UNEXPECTED


def _describe_refusal(path: str) -> str:
    """The sentence for a file that this user may not open, whichever it is."""
    owner = owner_of(Path(path))
    whose = f", which belongs to {owner}" if owner else ""
    return (
        f"This user may not use {path}{whose}. Check the permissions of it and of its folders, or "
        "run the command as another user."
    )


def _word(error: click.ClickException) -> str:
    """Click's words as one sentence, which is not of its own types."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        group = error.ctx.command
        names = group.list_commands(error.ctx) if isinstance(group, click.Group) else []
        return f"Name one of its commands: {', '.join(names)}."
    words = " ".join(error.format_message().split())
    words = words.replace("valid integer range", "whole number").replace(
        "valid float range", "number"
    )
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _note(session: Session, error: Exception) -> str:
    """Writes the traceback where it may stand, and says where that is."""
    from meterbase_tui.journal import note_mistake  # noqa: PLC0415 - hardly ever

    try:
        log = note_mistake(session.load(), "The command ended by a mistake of ours", error)
    except Exception:  # noqa: BLE001 - what the user is told must not depend on it
        return ""
    return f" What happened stands in the log {log}." if log else ""


def _describe_mistake(error: Exception) -> str:
    # Not its text, which may quote anything: a payload, a secret.
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"This should not have happened: {type(error).__name__} "
        f"({place.name} in {place.filename}:{place.lineno}). Please report it."
    )
