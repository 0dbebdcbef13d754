"""Asks for the name under which a delivery is kept as a sample, and whether people are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.line_input import LineInput
from meterbase_tui.widgets.mask_box import MaskBox
from sample_payloads.catalogue import is_sample_name

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from store.records import Delivery

_NO_NAME = "A name has small letters, digits and underscores."
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a delivery is to be kept."""

    name: str
    mask: bool


class KeepSample(ModalScreen[Keeping | None]):
    """Answers with how to keep it, or None to leave it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="keep.close"),
    ]

    def __init__(self, delivery: Delivery, folder: Path, *, mask: bool) -> None:
        super().__init__()
        self._delivery = delivery
        self._folder = folder
        self._mask = mask

    def compose(self) -> ComposeResult:
        """The name, the choice, and where it will be."""
        with Vertical(id="keep-card", classes="card") as card:
            card.border_title = Content("Keep as a sample of your own")
            show_keys(card, ("enter", "keep"), ("tab space", "mask"), ("keep.close", "back"))
            with Horizontal(classes="field"):
                yield Label("name", markup=False)
                yield LineInput(suggest_name(self._delivery), compact=True, select_on_focus=True)
            yield MaskBox(masked=self._mask)
            where = f"It goes to {visible(str(self._folder), 300)}, and into the list of s."
            yield Static(Content(where), id="choices", markup=False)

    @on(Input.Submitted)
    def keep(self, event: Input.Submitted) -> None:
        """Answers, or says what a name is."""
        name = event.value.strip()
        if is_sample_name(name):
            self.dismiss(Keeping(name, self.query_one(MaskBox).value))
        else:
            words = Content.from_markup("[$text-error]✗ $why[/]", why=_NO_NAME)
            self.query_one("#choices", Static).update(words)


def suggest_name(delivery: Delivery) -> str:
    """A name that says what it is: its event, its kind of record and its number."""
    words = (delivery.event or "delivery", delivery.resource_type or "", str(delivery.id))
    joined = _NOT_IN_NAMES.sub("_", "_".join(filter(None, words)).lower()).strip("_")
    return joined[:64]
