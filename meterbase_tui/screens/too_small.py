"""What a terminal shows in which nothing sensible fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.geometry import Size

LEAST_WIDTH, LEAST_HEIGHT = 40, 10
"""One panel with a few columns and rows, a line of status and the keys."""


def is_too_small(size: Size) -> bool:
    """Whether nothing sensible fits."""
    return size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT


class TooSmall(ModalScreen[None]):
    """Goes away by itself when there is room again; only quitting works meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Keys of the screen below would act on what cannot be seen.
        Binding("escape", "wait", "Wait", show=False, id="too_small.wait"),
    ]

    def compose(self) -> ComposeResult:
        """A sentence, in the middle."""
        yield Static(
            Content(
                f"Too small: at least {LEAST_WIDTH} × {LEAST_HEIGHT}, please. "
                "Webhooks are still received. q quits."
            ),
            id="too-small",
            markup=False,
        )

    def on_screen_resume(self) -> None:
        """What has opened above it is closed: there may be room again by now."""
        if not is_too_small(self.app.size):
            self.dismiss()

    def action_wait(self) -> None:
        """Nothing to go back to."""
