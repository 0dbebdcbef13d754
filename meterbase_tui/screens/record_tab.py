"""A tab of the records: one kind of them, with a cursor that stays on its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static, TabPane

from meterbase_tui.queries.known_records import MOST
from meterbase_tui.widgets.record_list import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.content import Content

    from meterbase_tui.wording.record_pages import Page


class RecordTab(TabPane):
    """What is said of a kind of records, the titles of its columns, and the list.

    Args:
        kind: which records; a word of `KnownRecords.keys`.
        opens: whether a record of that kind can be opened.
    """

    def __init__(self, kind: str, *, opens: bool) -> None:
        super().__init__(kind.title(), id=kind)
        self._kind = kind
        self._opens = opens
        self._keys: Sequence[tuple[str, ...]] = ()
        """Of the records that are listed, in their order; see `KnownRecords.keys`."""

    def compose(self) -> ComposeResult:
        """The words, the titles and the list."""
        yield Static(id=f"{self._kind}-words", classes="words", markup=False)
        yield Static(id=f"{self._kind}-head", classes="head", markup=False)
        yield RecordList(opens=self._opens, id=f"{self._kind}-list")

    @property
    def lines(self) -> RecordList:
        """The list; the id of a line is the place of its record."""
        return self.query_one(RecordList)

    def show(self, page: Page, keys: Sequence[tuple[str, ...]]) -> None:
        """Draws a page. The cursor moves along with its record: keys act on that without asking.

        Args:
            page: what is to stand on it.
            keys: what tells its records apart, in the order of its lines; empty where lines stand
                for something else.
        """
        self._say("words", page.words)
        self._say("head", page.head)
        at = self.lines.highlighted
        key = self._keys[at] if at is not None and at < len(self._keys) else None
        self._fill(page, at)
        self._keys = keys
        if key in keys and keys.index(key) < MOST:
            self.lines.highlighted = keys.index(key)

    def _say(self, part: str, content: Content | None) -> None:
        above = self.query_one(f"#{self._kind}-{part}", Static)
        above.display = content is not None
        above.update(content or "")

    def _fill(self, page: Page, at: int | None) -> None:
        shown = self.lines
        shown.clear_options()
        shown.add_options(page.options)
        shown.display = bool(page.options)
        if at is not None and page.options:
            shown.highlighted = min(at, len(page.options) - 1)
        else:
            shown.action_first()
