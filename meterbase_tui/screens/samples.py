"""The sample picker: one key sends a sample, and the list stays for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from meterbase_tui.text import visible
from sample_payloads.signatures import Mistake

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from sample_payloads.catalogue import Sample

_DIGITS = 9


class SamplePicker(ModalScreen[None]):
    """Lists the catalogue; Enter, a click or the sample's digit sends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="samples.close"),
        Binding("j", "cursor_down", "Down", show=False, id="samples.down"),
        Binding("k", "cursor_up", "Up", show=False, id="samples.up"),
        Binding("w", "send_wrong", "Send with a wrong signature", id="samples.send_wrong"),
        *(
            Binding(str(n), f"send({n})", f"Send sample {n}", show=False, id=f"samples.send_{n}")
            for n in range(1, _DIGITS + 1)
        ),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._samples: tuple[Sample, ...] = tuple(desk.outbox.catalogue)

    def compose(self) -> ComposeResult:
        """The list, and a line of keys."""
        with Vertical(id="picker") as picker:
            picker.border_title = "Send a sample"
            picker.border_subtitle = Content("enter send · w wrong signature · esc back")
            yield OptionList(
                *(Option(_describe(i, sample)) for i, sample in enumerate(self._samples, start=1)),
                markup=False,
            )
            yield Static(id="shows", markup=False)

    @on(OptionList.OptionHighlighted)
    def show_purpose(self, event: OptionList.OptionHighlighted) -> None:
        """Says what the sample under the cursor shows."""
        self.query_one("#shows", Static).update(
            Content(visible(self._samples[event.option_index].shows, 400))
        )

    @on(OptionList.OptionSelected)
    def send_selected(self, event: OptionList.OptionSelected) -> None:
        """Sends the sample under the cursor."""
        self._send(event.option_index)

    def action_send(self, number: int) -> None:
        """Sends a sample by its digit."""
        if number <= len(self._samples):
            self.query_one(OptionList).highlighted = number - 1
            self._send(number - 1)

    def action_send_wrong(self) -> None:
        """Sends the sample under the cursor with a signature of other bytes."""
        self._send(self.query_one(OptionList).highlighted or 0, Mistake.BODY_RESERIALIZED)

    def action_cursor_down(self) -> None:
        """Moves down."""
        self.query_one(OptionList).action_cursor_down()

    def action_cursor_up(self) -> None:
        """Moves up."""
        self.query_one(OptionList).action_cursor_up()

    @work(description="sending a sample")
    async def _send(self, index: int, mistake: Mistake | None = None) -> None:
        await self._desk.send(self.app, self._samples[index], mistake)


def _describe(number: int, sample: Sample) -> Content:
    digit = str(number) if number <= _DIGITS else " "
    return Content.from_markup(
        "[$text-accent b]$digit[/]  [b]$title[/]  [$foreground-muted]$name[/]",
        digit=digit,
        title=visible(sample.title, 60).ljust(26),
        name=visible(sample.name, 40),
    )
