"""The frame of the dashboard: what stands on the screen while everything else is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

_PANELS = {
    "deliveries": "Incoming events",
    "failures": "Signature failures",
    "changes": "Unit changes",
    "checks": "Troubleshooting",
}


class Frame(Screen[None]):
    """The panels, where they will be, with nothing in them; it takes Textual and nothing else."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (110, "-wide"),
        (150, "-roomy"),
        (180, "-vast"),
    ]

    def compose(self) -> ComposeResult:
        """Boxes with the titles of the panels."""
        with Container(id="top"):
            yield Static("Opening the store …", id="status", markup=False)
        with Container(id="panels"):
            for name, title in _PANELS.items():
                box = Container(id=name, classes="panel -front" if name == "changes" else "panel")
                box.border_title = title
                yield box
