"""`config --init`, `--check` and `--schema`: the configuration file itself."""

from __future__ import annotations

import os
from errno import EEXIST
from pathlib import Path
from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.settings import SettingsError, find_folders
from meterbase_tui.settings.layers import read_config_file
from meterbase_tui.settings.loading import find_config_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.cli.session import Session


def init_config(session: Session) -> int:
    """Writes a file with every setting in comments, readable by its owner only.

    Raises:
        CommandError: there is a file already, which is left as it is, or it cannot be written.
    """
    from meterbase_tui.settings.template import write_template  # noqa: PLC0415 - only here

    path, _ = find_config_file(session.options, Path.cwd(), find_folders())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(write_template())
    except OSError as error:
        # A folder's place may be taken by a file, too.
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            raise CommandError(
                f"{path} is there already and was left as it is. `meterbase-tui config --check` "
                "looks at it; --config FILE writes another.",
                Exit.USAGE,
            ) from None
        reason = "a file is where its folder has to be" if error.errno == EEXIST else error.strerror
        raise CommandError(f"{path} cannot be written: {reason}.", Exit.USAGE) from None
    session.console.line(f"Wrote {path}.")
    session.console.say("Everything in it is a comment: remove the # before what you want to set.")
    return Exit.DONE


def check_config(session: Session, *, as_json: bool) -> int:
    """Says everything that is wrong with the settings, wherever they come from.

    Returns:
        `Exit.PROBLEM` if something is.
    """
    path, required = find_config_file(session.options, Path.cwd(), find_folders())
    problems = list(_problems(session, path, required=required))
    if as_json:
        session.console.json_document(
            {"ok": not problems, "config_file": str(path), "problems": problems}
        )
    elif not problems:
        there = path if path.exists() else f"no file at {path}"
        session.console.line(f"The settings are right ({there}).")
    else:
        for problem in problems:
            session.console.line(problem)
    return Exit.PROBLEM if problems else Exit.DONE


def _problems(session: Session, path: Path, *, required: bool) -> Iterator[str]:
    try:
        faults = read_config_file(path, required=required).faults
        yield from map(str, faults)
        if faults:
            return
        settings = session.load()
        # Only the screen knows what keys can do, and it takes Textual.
        if settings.keys:
            from meterbase_tui import app  # noqa: F401, PLC0415 - so that all screens are known
            from meterbase_tui.terminal.keys import check_keymap  # noqa: PLC0415

            check_keymap(settings.keys, settings.sources)
        session.warn(settings)
    except SettingsError as error:
        yield str(error)


def print_schema(session: Session) -> int:
    """Prints the JSON Schema of the file."""
    from meterbase_tui.settings.json_schema import build_schema  # noqa: PLC0415 - only here

    session.console.json_document(build_schema())
    return Exit.DONE
