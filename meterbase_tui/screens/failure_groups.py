"""Refused signatures, summed up by cause and sender, each with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import Line, Prose, plain
from meterbase_tui.wording.values import local_instant
from receiver.diagnosis import EXPLANATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from receiver.arrival.senders import FailureGroup

_CURES = {code.value: explanation.cure for code, explanation in EXPLANATIONS.items()}
_NO_CURE = "Its cause was not searched for, or not found: enter shows what was tried."


class FailureGroups(ModalScreen[int | None]):
    """Answers with the newest delivery of the group that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="causes.close"),
        Binding("j", "cursor_down", "Down", show=False, id="causes.down"),
        Binding("k", "cursor_up", "Up", show=False, id="causes.up"),
    ]

    def __init__(self, groups: Sequence[FailureGroup]) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """A few lines a group, the one that failed last first."""
        with Vertical(id="causes", classes="card") as card:
            card.border_title = Content("Why signatures failed")
            show_keys(card, ("enter", "open the newest"), ("causes.close", "back"))
            yield OptionList(
                *(Option(_describe(g), id=f"delivery-{g.newest_id}") for g in self._groups),
                markup=False,
            )

    def on_mount(self) -> None:
        """Begins at the group that failed last."""
        self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionSelected)
    def open_newest(self, event: OptionList.OptionSelected) -> None:
        """Answers."""
        self.dismiss(self._groups[event.option_index].newest_id)

    def action_cursor_down(self) -> None:
        """Goes to the next group."""
        self.query_one(OptionList).action_cursor_down()

    def action_cursor_up(self) -> None:
        """Goes to the group before."""
        self.query_one(OptionList).action_cursor_up()


def _describe(group: FailureGroup) -> Prose:
    first, last = (local_instant(at)[:19] for at in (group.first_at, group.last_at))
    seen = last if first == last else f"{first} to {last}"
    head = Content.from_markup(
        "[$text-error b]✗ $cause[/]  [b]$count[/]  $sender\n  [$foreground-muted]$seen[/]",
        cause=visible(group.diagnosis, 60).replace("_", " "),
        count=f"×{group.count:,}",
        sender=visible(group.sender, 100),
        seen=seen,
    )
    arrow = Content.from_markup("  [$text-accent]→[/] ")
    return Prose([plain(head), Line(arrow, Content(_cure(group.diagnosis)))])


def _cure(code: str) -> str:
    return _CURES.get(code, _NO_CURE)
