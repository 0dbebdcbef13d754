"""Single values as a person writes them: instants, sizes, durations, fields of a record. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Tone

if TYPE_CHECKING:
    from datetime import datetime

    from store.records import Json

SLOW_MS = 1_000.0
"""An answer that took longer stands out; after 5 s Propexo delivers again."""
TOO_SLOW_MS = 5_000.0


def local_time(instant: datetime) -> str:
    """The time of day where the user is."""
    return instant.astimezone().strftime("%H:%M:%S")


def local_instant(instant: datetime | None) -> str:
    """Date and time where the user is, to the millisecond."""
    if instant is None:
        return "–"
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def size(count: int) -> str:
    """A number of bytes in seven characters, below 10 GB."""
    if count < 1_000:  # noqa: PLR2004
        return f"{count} B"
    unit, number = ("kB", count / 1e3) if count < 999_500 else ("MB", count / 1e6)  # noqa: PLR2004
    return f"{number:.1f} {unit}" if number < 99.95 else f"{number:.0f} {unit}"  # noqa: PLR2004


def duration(milliseconds: float) -> str:
    """Milliseconds in a few characters."""
    if milliseconds < 100:  # noqa: PLR2004
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1_000:  # noqa: PLR2004
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


def slowness(milliseconds: float | None) -> Tone:
    """The tone of a duration: what Propexo would not wait for stands out."""
    if milliseconds is None or milliseconds < SLOW_MS:
        return Tone.MUTED
    return Tone.ERROR if milliseconds >= TOO_SLOW_MS else Tone.WARNING


def value(raw: Json) -> str:
    """A field's value as a person writes it."""
    if raw is None:
        return "none"
    if isinstance(raw, str):
        return visible(raw, 120)
    if isinstance(raw, dict) and "start_date" in raw:
        name = raw.get("lease_id") or "lease"
        return visible(f"{name} {raw['start_date']} to {raw.get('end_date') or 'open'}", 120)
    return visible(json.dumps(raw, ensure_ascii=False), 120)
