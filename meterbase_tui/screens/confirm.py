"""Asks before something is done that cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

_MOST = 500
_LINES = 12


class Confirm(ModalScreen[bool]):
    """Answers with whether the user agreed.

    Args:
        question: What will be done, as a sentence.
        lines: What it will be done to, in order.
        deed: What Enter does, in a word or two.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "answer(True)", "Yes", id="confirm.yes"),
        Binding("escape,n,q", "answer(False)", "No", id="confirm.no"),
    ]

    def __init__(self, question: str, lines: Sequence[str], deed: str) -> None:
        super().__init__()
        self._question = question
        self._lines = lines
        self._deed = deed

    def compose(self) -> ComposeResult:
        """The question, what it is about, and the keys."""
        shown = [visible(line, _MOST) for line in self._lines[:_LINES]]
        if len(self._lines) > len(shown):
            shown.append(f"… and {len(self._lines) - len(shown):,} more")
        with Vertical(id="confirm-card", classes="card") as card:
            card.border_title = Content("Are you sure?")
            show_keys(card, ("confirm.yes", self._deed), ("confirm.no", "back"))
            yield Static(Content(visible(self._question, _MOST)), markup=False)
            yield Static(Content("\n".join(shown)), id="confirm-lines", markup=False)

    def action_answer(self, agreed: bool) -> None:  # noqa: FBT001 - as the key says it
        """Closes with the answer."""
        self.dismiss(agreed)
