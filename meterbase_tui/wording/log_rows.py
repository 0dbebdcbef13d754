"""An entry of the program's own log, as a person reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meterbase_tui.exports.json_fields import instant
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.rows import Cell, Row, Tone
from meterbase_tui.wording.values import local_instant

if TYPE_CHECKING:
    from meterbase_tui.journal.entries import Entry
    from store.records import Json

COLUMNS = (
    Column("time", "Time", 14, priority=2),
    Column("level", "Level", 9, priority=3),
    Column("logger", "From", 14, priority=1),
    Column("message", "Message", 40, share=1, priority=4),
)
_SIGNS = {
    "error": ("✗ error", Tone.ERROR),
    "warning": ("! warning", Tone.WARNING),
    "info": ("· info", Tone.PLAIN),
    "debug": ("· debug", Tone.MUTED),
}


def sign_of(level: str) -> Cell:
    """The level with its sign."""
    return Cell(*_SIGNS[level])


def time_of(entry: Entry) -> str:
    """When it was, on the clock of this machine, to the second."""
    return local_instant(entry.time)[:19]


def logger_of(entry: Entry) -> str:
    """The module that it came from, without its package."""
    return entry.logger.rpartition(".")[2]


def words_of(entry: Entry) -> str:
    """The message, and the fields behind it."""
    fields = [f"{name}={_say(value)}" for name, value in entry.fields.items() if value is not None]
    last = entry.traceback.rstrip().rpartition("\n")[2] if entry.traceback else ""
    return "  ".join(filter(None, (entry.message, *fields, last)))


def _say(value: Json) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text else text


def entry_row(entry: Entry) -> Row:
    """An entry in `COLUMNS`; a log is seldom older than a year."""
    tone = Tone.MUTED if entry.level == "debug" else Tone.PLAIN
    return Row(
        (
            Cell(time_of(entry)[5:], Tone.MUTED),
            sign_of(entry.level),
            Cell(logger_of(entry), Tone.MUTED),
            Cell(words_of(entry), tone),
        )
    )


def entry_fields(entry: Entry) -> dict[str, Json]:
    """An entry as JSON, in the order of its line."""
    return {
        "time": instant(entry.time),
        "level": entry.level,
        "logger": entry.logger,
        "message": entry.message,
        "fields": entry.fields,
        "traceback": entry.traceback,
        "pid": entry.pid,
    }
