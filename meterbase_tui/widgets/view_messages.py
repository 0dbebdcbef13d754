"""What the view of a payload tells its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from meterbase_tui.widgets.json_view import JsonView


class ViewMessage(Message):
    """A message of the view of a payload."""

    def __init__(self, json_view: JsonView) -> None:
        super().__init__()
        self.json_view = json_view

    @property
    def control(self) -> JsonView:
        """The view, for the selector of `textual.on`."""
        return self.json_view


class LaidOut(ViewMessage, namespace="json_view"):
    """A payload, or more of it, is shown.

    Attributes:
        problem: Why it is not JSON, where it is shown as such: a sentence without its full stop.
        missing: How many bytes are left to be shown on demand.
    """

    def __init__(self, json_view: JsonView, problem: str | None, missing: int) -> None:
        super().__init__(json_view)
        self.problem = problem
        self.missing = missing


class Searched(ViewMessage, namespace="json_view"):
    """The search found so many places, and one is current.

    Attributes:
        term: What was looked for; empty when the search has ended.
        current: The current match, counted from 1; 0 if there is none.
        total: How many there are; `layout.MATCHES_AT_MOST` when there may be more.
    """

    def __init__(self, json_view: JsonView, term: str, current: int, total: int) -> None:
        super().__init__(json_view)
        self.term = term
        self.current = current
        self.total = total
