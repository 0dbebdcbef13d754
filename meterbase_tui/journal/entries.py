"""A line of the log: made of a record of `logging`, and read back."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meterbase_tui.exports.json_fields import instant
from meterbase_tui.settings.values import LOG_LEVELS
from meterbase_tui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.records import Json

LEVELS = LOG_LEVELS
"""From the lowest; what `logging` calls critical is an error here."""
_MOST_MESSAGE = 4_000
_MOST_FIELD = 1_000
_MOST_FIELDS = 20
_MOST_TRACEBACK = 20_000
LONGEST_LINE = 256 << 10
"""In bytes, whatever is in it: what is longer was not written by this program."""
_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record has; whatever else one has are the fields that were given as `extra`."""
_FORMATTER = logging.Formatter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. Its texts are visible already."""

    time: datetime
    level: str
    """One of `LEVELS`."""
    logger: str
    """The module that it came from."""
    message: str
    fields: dict[str, Json] = field(default_factory=dict)
    traceback: str | None = None
    pid: int | None = None

    @property
    def gravity(self) -> int:
        """The place of its level among `LEVELS`."""
        return LEVELS.index(self.level)


def write_entry(record: logging.LogRecord, redact: Callable[[str], str]) -> str:
    """A record as a line without its end: one JSON object, bounded, without secrets.

    Args:
        record: what was logged; the attributes given as `extra` become `fields`.
        redact: takes secrets out of a text.
    """

    def clean(text: object, limit: int, *, newline: bool = False) -> str:
        # Cut first: looking through megabytes for secrets takes seconds.
        return visible(redact(str(text)[: 4 * limit]), limit, newline=newline)

    document: dict[str, Json] = {
        "time": instant(datetime.fromtimestamp(record.created, UTC)),
        "level": _level(record.levelno),
        "logger": record.name,
        "message": clean(record.getMessage(), _MOST_MESSAGE),
    }
    extra = [(name, value) for name, value in record.__dict__.items() if name not in _PLAIN]
    if extra:
        document["fields"] = {
            clean(name, 100): value
            if isinstance(value, bool | int | float) or value is None
            else clean(value, _MOST_FIELD)
            for name, value in extra[:_MOST_FIELDS]
        }
    if record.exc_info and record.exc_info[0] is not None:
        text = _FORMATTER.formatException(record.exc_info)
        document["traceback"] = clean(text, _MOST_TRACEBACK, newline=True)
    document |= {"thread": record.threadName, "pid": record.process}
    return json.dumps(document, ensure_ascii=False)


def _level(number: int) -> str:
    bounds = (logging.DEBUG, logging.INFO, logging.WARNING)
    return next(
        (name for name, bound in zip(LEVELS, bounds, strict=False) if number <= bound), LEVELS[-1]
    )


def read_entry(line: str) -> Entry | None:
    """A line of the log; None for one that this program has not written, or not to its end."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("level") not in LEVELS:
        return None
    try:
        at = datetime.fromisoformat(str(found.get("time")))
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    fields = found.get("fields")
    pid = found.get("pid")
    return Entry(
        time=at,
        level=found["level"],
        logger=_shown(found.get("logger"), 200),
        message=_shown(found.get("message"), _MOST_MESSAGE),
        fields=_shown_fields(fields) if isinstance(fields, dict) else {},
        traceback=_traceback(found.get("traceback")),
        pid=pid if isinstance(pid, int) else None,
    )


def _shown(value: object, limit: int) -> str:
    # Somebody else may have written into the file.
    return visible(str(value or ""), limit)


def _shown_fields(fields: dict[str, Any]) -> dict[str, Json]:
    return {
        _shown(name, 100): value
        if isinstance(value, bool | int | float) or value is None
        else _shown(value, _MOST_FIELD)
        for name, value in list(fields.items())[:_MOST_FIELDS]
    }


def _traceback(value: object) -> str | None:
    return visible(value, _MOST_TRACEBACK, newline=True) if isinstance(value, str) else None
