"""What of a delivery goes to the clipboard: one key each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import key_names_of, show_keys

if TYPE_CHECKING:
    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be copied."""

    key: str
    name: str
    what: str


CHOICES = (
    Choice("b", "body", "the body, as it came"),
    Choice("c", "curl", "a curl command, signed rightly"),
    Choice("i", "id", "the number of the delivery"),
    Choice("r", "record", "the id of the record that it is about"),
    Choice("h", "headers", "the headers"),
    Choice("u", "url", "the address that it was sent to"),
)


class CopyMenu(ModalScreen[str | None]):
    """Answers with the name of what is to be copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "choose('')", "Back", id="copy.close"),
        *(Binding(c.key, f"choose('{c.name}')", c.what, id=f"copy.{c.name}") for c in CHOICES),
        Binding("y", "choose('body')", "The body", show=False, id="copy.again"),
    ]

    def compose(self) -> ComposeResult:
        """A line a choice."""
        with Vertical(id="copy-card", classes="card") as card:
            card.border_title = Content("Copy")
            show_keys(card, ("copy.close", "back"))
            for choice in CHOICES:
                yield Static(
                    Content.from_markup(
                        "[b $text-accent]$key[/]  $what",
                        key=key_names_of(self).of(f"copy.{choice.name}"),
                        what=choice.what,
                    ),
                    markup=False,
                )

    def action_choose(self, name: str) -> None:
        """Answers."""
        self.dismiss(name or None)
