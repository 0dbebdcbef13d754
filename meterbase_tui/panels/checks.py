"""The troubleshooting panel: what is wrong with the set-up, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.empty import Empty
from meterbase_tui.widgets.live_table import LiveTable
from meterbase_tui.widgets.rows import Cell, Row, Tone
from receiver.checks import Check, CheckStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from meterbase_tui.privacy.discretion import Discretion

COLUMNS = (
    Column("status", "Check", 20, priority=3),
    Column("detail", "What was found, and what to do", 14, share=1, priority=2),
)
_SIGNS = {
    CheckStatus.FAIL: ("✗", Tone.ERROR),
    CheckStatus.WARN: ("!", Tone.WARNING),
    CheckStatus.PASS: ("✓", Tone.SUCCESS),
    CheckStatus.SKIP: ("·", Tone.MUTED),
}
_ORDER = tuple(_SIGNS)


class ChecksPanel(Container):
    """Every check with its verdict, the worst first."""

    DEFAULT_CLASSES = "panel"

    def __init__(self, discretion: Discretion) -> None:
        super().__init__(id="checks")
        self._discretion = discretion
        self.border_title = "Troubleshooting"
        self.table = LiveTable(COLUMNS, empty=Empty("Looking …"), id="checks-table")
        self.checks: tuple[Check, ...] = ()

    def compose(self) -> ComposeResult:
        """The table is all there is."""
        yield self.table

    def show(self, checks: Sequence[Check]) -> None:
        """Shows the verdicts of one round; the cursor stays on its line."""
        self.checks = tuple(sorted(checks, key=lambda check: _ORDER.index(check.status)))
        # The table has its highest id on top.
        ids = range(len(self.checks), 0, -1)
        if self.table.line_count != len(self.checks):
            self.table.reset(sorted(ids))
        shown = map(self._discretion.show, self.checks)
        self.table.put_rows({i: _row(check) for i, check in zip(ids, shown, strict=True)})
        self.border_subtitle = _summarise(self.checks)

    def selected(self, row_id: int) -> Check | None:
        """The check on a line of the table, as it may be shown now."""
        if not 0 < row_id <= len(self.checks):
            return None
        return self._discretion.show(self.checks[-row_id])


def _row(check: Check) -> Row:
    glyph, tone = _SIGNS[check.status]
    words = visible(check.detail, 400)
    if check.fix and check.status in (CheckStatus.FAIL, CheckStatus.WARN):
        words = f"{words} → {visible(check.fix, 400)}"
    name = visible(check.name, 40).replace("_", " ")
    return Row((Cell(f"{glyph} {name}", tone), Cell(words, _words_tone(check))))


def _words_tone(check: Check) -> Tone:
    return Tone.PLAIN if check.status in (CheckStatus.FAIL, CheckStatus.WARN) else Tone.MUTED


def _summarise(checks: Sequence[Check]) -> Content | None:
    counts = {status: sum(check.status is status for check in checks) for status in CheckStatus}
    failed, warned = counts[CheckStatus.FAIL], counts[CheckStatus.WARN]
    if not failed and not warned:
        return Content("all well")
    words = [f"{failed} to fix"] * bool(failed) + [f"{warned} to look at"] * bool(warned)
    return Content(" · ".join(words))
