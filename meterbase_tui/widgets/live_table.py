"""The table of rows that keep coming: a cursor that stays on its row, following, and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.reactive import var

from meterbase_tui.widgets import table_messages as messages
from meterbase_tui.widgets.row_painter import Signs
from meterbase_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events

    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.empty import Empty


class LiveTable(RowTable):
    """Rows by id, drawn in columns; it does no I/O and nobody waits for it.

    The owner gives it ids (`reset`, `add_ids`, `prepend_older`), and it asks with `RowsWanted` for
    the few rows around its window, which the owner puts in (`put_rows`) when it has them; until
    then they are drawn as dots. `meterbase_tui.widgets.feed.Feed` does this with a `RowSource`.

    The cursor is a row id and never moves because rows come. At its newest end the table follows:
    new rows come into view, and the row of the cursor may drift out of it. Moving the cursor or
    the window away pauses, so that nothing moves under the reader, and `waiting` counts the new
    rows beyond the window. Going to the newest end resumes: g or Home with the newest on top, G or
    End with the newest at the bottom, stepping onto the newest row, or scrolling there.

    With its row out of view, the cursor starts from what is seen: Enter only brings the row back,
    so that nobody opens what is not on the screen, and a step selects the row at the nearer edge
    of the window, or the newest row while following.

    Args:
        columns: From left to right; a row's cells are in the same order.
        empty: What the table says when it has no rows.
        newest_first: Whether the newest row is on top, or at the bottom.
        markable: Whether Space marks rows, for actions on several.
        id: As of every widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open", id="table.open"),
        Binding("space", "mark", "Mark", show=False, id="table.mark"),
    ]

    cursor_id: var[int | None] = var(None, init=False)
    """The row of the cursor; `Highlighted` tells of it, `select_row` sets it."""

    Highlighted: TypeAlias = messages.Highlighted
    Selected: TypeAlias = messages.Selected
    MarksChanged: TypeAlias = messages.MarksChanged

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: Empty | None = None,
        newest_first: bool = True,
        markable: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(
            columns,
            empty=empty,
            newest_first=newest_first,
            markable=markable,
            id=id,
        )
        self._marks: dict[int, None] = {}
        self._cursor_was_in_view = False

    # The cursor.

    def select_row(self, row_id: int) -> bool:
        """Puts the cursor on a row, brings it into view and pauses; False if it is not there."""
        line = self._order.line_of(row_id)
        if line is not None:
            self._go(line)
        return line is not None

    def reset(self, row_ids: Iterable[int]) -> None:
        """Replaces all ids, as when the filter changes.

        The cursor stays on its row and the table paused, if the row is still there; otherwise the
        table goes to its newest end and follows, without a cursor.
        """
        paused = not self.following
        super().reset(row_ids)
        if paused and self.cursor_id is not None:
            self.select_row(self.cursor_id)

    def action_step(self, lines: int) -> None:
        """Moves the cursor some lines down, or up with a negative number."""
        if not self.line_count:
            return
        line, found = self._origin()
        if found or abs(lines) > 1:
            line = min(max(0, line + lines), self.line_count - 1)
        self._go(line, toward_newest=(lines < 0) == self._newest_first)

    def action_top(self) -> None:
        """Moves the cursor to the first line."""
        if self.line_count:
            self._go(0, toward_newest=self._newest_first)

    def action_bottom(self) -> None:
        """Moves the cursor to the last line."""
        if self.line_count:
            self._go(self.line_count - 1, toward_newest=not self._newest_first)

    def action_select(self) -> None:
        """Opens the row of the cursor if it is in view, and otherwise brings it into view."""
        if not self.line_count:
            return
        if self.cursor_id is None:
            self._go(self._origin()[0])
        elif not self.is_row_in_view(self.cursor_id):
            self.select_row(self.cursor_id)
            return
        if self.cursor_id is not None:
            self.post_message(self.Selected(self, self.cursor_id))

    def _origin(self) -> tuple[int, bool]:
        """The line where a move begins, and whether the cursor is there."""
        at = None if self.cursor_id is None else self._order.line_of(self.cursor_id)
        view = self._lines_in_view
        if at is not None and at in view:
            return at, True
        if self.following:
            return self._order.newest_line, False
        return (view[-1] if at is not None and view and at > view[-1] else self.first_line), False

    def _go(self, line: int, *, toward_newest: bool = False) -> None:
        self.cursor_id = self._order.row_at(line)
        self.following = toward_newest and line == self._order.newest_line
        self.show_from(self._newest_end if self.following else self.revealing(line))
        self._settle()

    def watch_cursor_id(self, before: int | None, after: int | None) -> None:
        """Draws the two rows anew and tells of the move."""
        for row_id in (before, after):
            self._refresh_row(row_id)
        self.post_message(self.Highlighted(self, after))

    def _refresh_row(self, row_id: int | None) -> None:
        line = None if row_id is None else self._order.line_of(row_id)
        if line is not None and line in self._lines_in_view:
            y = self.head_height + line - self.first_line
            self.refresh(Region(0, y, self.size.width, 1))

    def _changed(self, held: int | None) -> None:
        """Moves the cursor and the marks off rows that are no more."""
        if self.cursor_id is not None and self.cursor_id not in self._order.ids:
            near = self._order.line_near(self.cursor_id)
            self.cursor_id = (
                self._order.row_at(near) if self.line_count and held is not None else None
            )
        if any(row_id not in self._order.ids for row_id in self._marks):
            self._set_marks({i: None for i in self._marks if i in self._order.ids})
        super()._changed(held)

    def _settle(self) -> None:
        super()._settle()
        cursor = self.cursor_id
        self._cursor_was_in_view = cursor is not None and self.is_row_in_view(cursor)

    def on_resize(self) -> None:
        """Keeps the cursor in view, if it was."""
        keep, cursor = self._cursor_was_in_view, self.cursor_id
        super().on_resize()
        line = None if cursor is None else self._order.line_of(cursor)
        if keep and not self.following and line is not None:
            self.show_from(self.revealing(line))

    # Marks.

    @property
    def marks(self) -> tuple[int, ...]:
        """The marked rows, in the order in which they were marked."""
        return tuple(self._marks)

    def clear_marks(self) -> None:
        """Takes all marks away."""
        if self._marks:
            self._set_marks({})

    def action_mark(self) -> None:
        """Marks the row of the cursor, or takes its mark away, and goes one line down.

        Without a cursor it is the row that the cursor would first be put on. A cursor out of
        view is only brought into view: nobody marks what they do not see.
        """
        if self.cursor_id is None and self.line_count:
            self._go(self._origin()[0])
        cursor = self.cursor_id
        if cursor is None or not self.is_row_in_view(cursor):
            self.action_step(1)
            return
        marks = dict(self._marks)
        if cursor in marks:
            del marks[cursor]
        else:
            marks[cursor] = None
        self._set_marks(marks)
        self.action_step(1)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Marking is there only where the owner wants it."""
        return self._markable if action == "mark" else super().check_action(action, parameters)

    def _set_marks(self, marks: dict[int, None]) -> None:
        self._marks = marks
        self.post_message(self.MarksChanged(self, self.marks))
        self.refresh()

    # Drawing, and the mouse.

    def signs(self, row_id: int) -> Signs:
        """The cursor and the mark of a row."""
        return Signs(row_id == self.cursor_id, self.has_focus, row_id in self._marks)

    def on_click(self, event: events.Click) -> None:
        """Puts the cursor on a row, and opens the row on which it is."""
        at = event.get_content_offset(self)
        if at is None or at.x >= self.size.width - 1 or at.y < self.head_height:
            return
        line = self.first_line + at.y - self.head_height
        if line not in self._lines_in_view:
            return
        was = self.cursor_id
        self._go(line)
        if self.cursor_id is not None and self.cursor_id == was:
            self.post_message(self.Selected(self, self.cursor_id))
