"""How to connect Propexo: the address to paste, plain to read, and the steps beside it."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import LaidText, Line, Prose
from meterbase_tui.wording.setup_steps import NO_PUBLIC_ADDRESS

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.wording.setup_steps import Setup

_MOST = 500


class PropexoSetup(ModalScreen[bool]):
    """Answers with whether the address is to be copied."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,enter,y", "copy", "Copy address", id="setup.copy"),
        Binding("escape,q", "close", "Back", id="setup.close"),
    ]

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self._setup = setup

    def compose(self) -> ComposeResult:
        """The address on a line of its own, and the steps."""
        setup = self._setup
        with VerticalScroll(id="setup-card", classes="card") as card:
            card.border_title = Content("Connect Propexo")
            show_keys(card, ("setup.copy", "copy the address"), ("setup.close", "back"))
            yield Static(
                Content.from_markup("[b $text-primary]$url[/]", url=visible(setup.url, _MOST)),
                id="setup-url",
                markup=False,
            )
            if not setup.public:
                warning = Line(Content("! "), Content(NO_PUBLIC_ADDRESS))
                yield LaidText(Prose([warning]), classes="warning", markup=False)
            yield LaidText(
                Prose(starmap(_draw, enumerate(setup.steps, 1))), id="steps", markup=False
            )

    def action_copy(self) -> None:
        """Answers that the address is to be copied."""
        self.dismiss(True)  # noqa: FBT003 - the answer

    def action_close(self) -> None:
        """Answers that it is not."""
        self.dismiss(False)  # noqa: FBT003 - the answer


def _draw(number: int, step: str) -> Line:
    sign = Content.from_markup("[$text-accent]$number[/] ", number=str(number))
    return Line(sign, Content(visible(step, _MOST)))
