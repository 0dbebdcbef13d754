"""Changes of units as rows of the log's table of changes. Pure.

Every text that came from outside passes `visible` here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.rows import Cell, Row, Tone
from meterbase_tui.wording.values import local_time, value

if TYPE_CHECKING:
    from store.records import Change

CHANGE_COLUMNS = (
    Column("time", "Time", 8, priority=1),
    Column("unit", "Unit", 6, share=1, max_width=12, priority=6),
    Column("field", "Field", 14, share=2, max_width=20, priority=5),
    Column("change", "Old → new", 14, share=3, priority=4),
    Column("rubs", "Bill", 4, priority=3),
)


def change_row(change: Change) -> Row:
    """A change in the columns `CHANGE_COLUMNS`."""
    return Row(
        (
            Cell(local_time(change.at), Tone.MUTED),
            Cell(visible(change.unit_number or change.unit_id, 64), Tone.STRONG),
            Cell(visible(change.field, 64).replace("_", " ").replace(".", " ")),
            Cell(f"{value(change.old)} → {value(change.new)}"),
            Cell("RUBS", Tone.WARNING) if change.affects_rubs else Cell(""),
        )
    )
