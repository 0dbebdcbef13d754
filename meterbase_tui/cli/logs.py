"""`logs`: the program's own log."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.options import json_option, limit_option, setting_options, since_option
from meterbase_tui.cli.stopping import StoppedError, stop_on_signals
from meterbase_tui.settings.values import LOG_LEVELS
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.cli.stopping import Stop
    from meterbase_tui.journal.entries import Entry
    from meterbase_tui.journal.reading import LogReader

_LOOK_EVERY_S = 0.25


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on with what is added, until stopped.")
@click.option(
    "--level",
    type=click.Choice(LOG_LEVELS),
    default=LOG_LEVELS[0],
    show_default=True,
    help="Leave out what is of a lower level.",
)
@since_option
@limit_option
@setting_options(("log_file",))
@json_option
@click.pass_obj
def logs(
    session: Session,
    /,
    *,
    follow: bool,
    level: str,
    since: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show the program's own log, the newest entry last.

    It says what went wrong inside: the tunnel, forwarding, processing, the store. What was received
    is listed by `deliveries`. Secrets are not in it.
    """
    # Here, since `--help` does without.
    from meterbase_tui.journal.reading import LogReader, newest  # noqa: PLC0415

    settings = session.load()
    assert settings.log_file is not None
    printing = _Printing(session.console, as_json=as_json)
    with closing(LogReader(settings.log_file)) as reader:
        entries = (each for each in reader.read(level) if since is None or each.time >= since)
        found = newest(entries, limit)
        printing.print(found)
        if not found:
            session.console.say(f"Nothing is in the log {settings.log_file} yet.")
        elif not as_json:
            session.console.say(f"The log is {settings.log_file}.")
        if follow:
            with stop_on_signals() as stop:
                _follow(reader, level, printing, stop)


def _follow(reader: LogReader, level: str, printing: _Printing, stop: Stop) -> None:
    while not stop.asked:
        try:
            with stop.interruptible():
                printing.print(reader.read(level))
                time.sleep(_LOOK_EVERY_S)
        except StoppedError:
            return


class _Printing:
    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json

    def print(self, entries: Iterable[Entry]) -> None:
        """Prints entries, at once."""
        from meterbase_tui.wording.log_rows import entry_fields  # noqa: PLC0415 - `--help` does without

        for entry in entries:
            if self._as_json:
                self._console.json_line(entry_fields(entry))
            else:
                self._print_line(entry)
        self._console.flush()

    def _print_line(self, entry: Entry) -> None:
        from meterbase_tui.wording.log_rows import entry_row, time_of  # noqa: PLC0415

        _, level, logger, words = entry_row(entry).cells
        at, padded = Cell(time_of(entry), Tone.MUTED), Cell(f"{level.text:9}", level.tone)
        gap = Cell("  ")
        self._console.cells([at, gap, padded, gap, logger, gap, words], whole=True)
        for line in (entry.traceback or "").splitlines():
            self._console.cells([Cell(f"    {line}", Tone.MUTED)], whole=True)
