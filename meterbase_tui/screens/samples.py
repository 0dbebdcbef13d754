"""The sample picker: what each one is and leads to, and one key that sends it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from meterbase_tui.screens.editor import Draft, PayloadEditor, is_editable
from meterbase_tui.screens.sample_shelf import DIGITS, draw_outcome, shelve
from meterbase_tui.sending.sample_outcomes import compare_outcome
from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.json_view import JsonView
from meterbase_tui.widgets.search_bar import SearchBar
from receiver.contents.personal_data import mask_body
from sample_payloads.signatures import Mistake

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets.option_list import Option

    from meterbase_tui.desk import Desk
    from sample_payloads.catalogue import Sample
    from store.records import Json

_KEYS = (
    ("enter", "send"),
    ("samples.prepare", "prepare, send"),
    ("samples.edit", "edit"),
    ("samples.send_wrong", "sign wrong"),
    ("samples.find", "find"),
    ("samples.close", "back"),
)


class SamplePicker(ModalScreen[None]):
    """Lists the catalogue beside the payload; the list stays for the next sample."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="samples.close"),
        Binding("j", "move(1)", "Down", show=False, id="samples.down"),
        Binding("k", "move(-1)", "Up", show=False, id="samples.up"),
        Binding("p", "prepare", "Send with what it builds on", id="samples.prepare"),
        Binding("e", "edit", "Edit and send", id="samples.edit"),
        Binding("w", "send_wrong", "Send with a wrong signature", id="samples.send_wrong"),
        Binding("slash", "find", "Find", key_display="/", id="samples.find"),
        *(
            Binding(str(n), f"send({n})", f"Send sample {n}", show=False, id=f"samples.send_{n}")
            for n in range(1, DIGITS + 1)
        ),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._samples: dict[str, Sample] = {each.key: each for each in desk.outbox.catalogue}
        self._chosen: Sample = next(iter(self._samples.values()))
        self._outcomes: dict[str, dict[str, Json]] = {}
        """What the samples led to that were sent from here, by their keys."""

    def compose(self) -> ComposeResult:
        """The list, and what there is to know of the sample under the cursor."""
        with Vertical(id="picker", classes="desk-card") as picker:
            picker.border_title = "Send a sample"
            show_keys(picker, *_KEYS)
            yield SearchBar(hint="a word of its name, or of what it shows")
            with Horizontal():
                yield OptionList(*self._shelve(""), markup=False, id="shelf")
                with Vertical(id="sample"):
                    with VerticalScroll(id="sample-words", can_focus=False):
                        yield Static(id="shows", markup=False)
                        yield Static(id="outcome", markup=False)
                    yield JsonView(id="sample-payload")

    def on_mount(self) -> None:
        """Begins at the first one."""
        shelf = self.query_one(OptionList)
        shelf.focus()
        shelf.action_first()

    def on_resize(self) -> None:
        """The words share another width, once the parts have theirs."""
        self.call_after_refresh(self._describe)

    @on(OptionList.OptionHighlighted)
    def choose(self, event: OptionList.OptionHighlighted) -> None:
        """Shows the sample under the cursor."""
        if event.option_id in self._samples:
            self._chosen = self._samples[event.option_id]
            self._describe()
            self.query_one(JsonView).show(self._body_to_show())

    @on(OptionList.OptionSelected)
    def send_selected(self) -> None:
        """Sends the sample under the cursor."""
        self._send(self._chosen)

    @on(SearchBar.Typed)
    def narrow(self, event: SearchBar.Typed) -> None:
        """Leaves those that a word is found in."""
        shelf = self.query_one(OptionList)
        options = self._shelve(event.term)
        shelf.clear_options()
        shelf.add_options(options)
        shelf.action_first()
        count = sum(not option.disabled for option in options)
        self.query_one(SearchBar).tell(event.term, count, len(self._samples) if count else 0)

    @on(SearchBar.Left)
    def return_to_shelf(self) -> None:
        """The line was left."""
        self.query_one(OptionList).focus()

    def action_find(self) -> None:
        """Asks for a word."""
        self.query_one(SearchBar).open()

    def action_send(self, number: int) -> None:
        """Sends a sample by its digit."""
        shelf = self.query_one(OptionList)
        sample = list(self._samples.values())[number - 1]
        if sample.key in {option.id for option in shelf.options}:
            shelf.highlighted = shelf.get_option_index(sample.key)
        self._send(sample)

    def action_prepare(self) -> None:
        """Sends the samples that it builds on, and then itself."""
        self._send(*self._desk.outbox.catalogue.with_preparation(self._chosen))

    def action_send_wrong(self) -> None:
        """Sends the sample under the cursor with a signature of other bytes."""
        self._send(self._chosen, mistake=Mistake.BODY_RESERIALIZED)

    def action_edit(self) -> None:
        """Opens the payload in the editor."""
        sample = self._chosen
        if (why := is_editable(sample.body)) is not None:
            self._desk.tell(self.app, why, severity="warning")
            return
        draft = Draft(sample.title, sample.body, partial(self._send_edited, sample))
        self.app.push_screen(PayloadEditor(self._desk, draft))

    def _body_to_show(self) -> bytes:
        discretion, body = self._desk.discretion, self._chosen.body
        return mask_body(body, discretion.people) if discretion.masked else body

    def action_move(self, lines: int) -> None:
        """Moves through the list."""
        shelf = self.query_one(OptionList)
        (shelf.action_cursor_down if lines > 0 else shelf.action_cursor_up)()

    def _shelve(self, term: str) -> list[Option]:
        return list(shelve(tuple(self._samples.values()), term))

    async def _send_edited(self, sample: Sample, body: bytes, sign: bool) -> bool:  # noqa: FBT001
        return await self._desk.mailroom.send_edited_sample(self.app, sample, body, resign=sign)

    @work(description="sending a sample")
    async def _send(self, *samples: Sample, mistake: Mistake | None = None) -> None:
        for sample in samples:
            reply = await self._desk.mailroom.send(self.app, sample, mistake)
            if reply is None or reply.error is not None:
                return
            # Also so that the next one finds what this one leads to.
            outcome = await self._desk.mailroom.find_outcome(reply)
            if outcome is not None and mistake is None:
                self._outcomes[sample.key] = outcome
                self._describe()

    def _describe(self) -> None:
        sample = self._chosen
        builds = f"\nBuilds on {', '.join(sample.after)}" if sample.after else ""
        words = Content.from_markup(
            "[b]$title[/]  [$foreground-muted]$name[/]\n$shows[$foreground-muted]$builds[/]\n",
            title=visible(sample.title, 80),
            name=visible(sample.name, 80),
            shows=visible(f"{sample.shows} {sample.standing}", 500).rstrip(),
            builds=visible(builds, 400, newline=True),
        )
        self.query_one("#shows", Static).update(words)
        came = self._outcomes.get(sample.key)
        lines = compare_outcome(sample.expect, came)
        width = self.query_one("#sample-words").scrollable_content_region.width
        outcome = draw_outcome(lines, width, sent=came is not None)
        self.query_one("#outcome", Static).update(outcome)
