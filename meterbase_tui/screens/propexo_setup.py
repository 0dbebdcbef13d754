"""How to connect Propexo: the address to paste, plain to read, and the steps beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
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
        with Vertical(id="setup-card", classes="card") as card:
            card.border_title = Content("Connect Propexo")
            show_keys(card, ("setup.copy", "copy the address"), ("setup.close", "back"))
            yield Static(
                Content.from_markup("[b $text-primary]$url[/]", url=visible(setup.url, _MOST)),
                id="setup-url",
                markup=False,
            )
            if not setup.public:
                yield Static(Content(f"! {NO_PUBLIC_ADDRESS}"), classes="warning", markup=False)
            for number, step in enumerate(setup.steps, start=1):
                yield Static(
                    Content.from_markup(
                        "[$text-accent]$number[/] $step",
                        number=str(number),
                        step=visible(step, _MOST),
                    ),
                    classes="step",
                    markup=False,
                )

    def action_copy(self) -> None:
        """Answers that the address is to be copied."""
        self.dismiss(True)  # noqa: FBT003 - the answer

    def action_close(self) -> None:
        """Answers that it is not."""
        self.dismiss(False)  # noqa: FBT003 - the answer
