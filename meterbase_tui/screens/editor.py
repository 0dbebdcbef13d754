"""A payload to be edited, checked, compared, signed again and sent."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static, TextArea

from meterbase_tui.privacy.discretion import DiscretionChanged
from meterbase_tui.screens.confirm import Confirm
from meterbase_tui.text import visible
from meterbase_tui.widgets.key_bar import KeyBar
from meterbase_tui.widgets.payload_area import PayloadArea
from meterbase_tui.wording.drafting import describe_draft
from meterbase_tui.wording.relaid import on_lines, on_one_line
from receiver.judging.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from meterbase_tui.desk import Desk
    from store.records import Content as Kept

_MOST = 256 << 10
"""Larger payloads are edited with `replay --set`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is edited, and how it is sent."""

    what: str
    """Names the original. Foreign text."""
    body: bytes
    send: Callable[[bytes, bool], Awaitable[bool]]
    """Is given the edited body, and whether to sign it; tells the user what became of it, and
    gives whether it was answered."""


class PayloadEditor(Screen[None]):
    """Edits a payload; what is sent is a new event, and the original stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="editor.close"),
        Binding("ctrl+s", "send(True)", "Sign and send", id="editor.send"),
        Binding(
            "ctrl+t",
            "send(False)",
            "Old signature",
            tooltip="Send with the old signature, which no other bytes are accepted with",
            id="editor.send_unsigned",
        ),
        Binding("ctrl+l", "lay_out", "Format", id="editor.format"),
        Binding("ctrl+n", "join", "One line", id="editor.compact"),
        Binding("ctrl+o", "external", "In $EDITOR", id="editor.external"),
    ]

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__()
        self._desk = desk
        self._draft = draft
        self._before: Any = parse(draft.body)
        self._text = draft.body.decode("utf-8")
        self._untouched = self._text
        """The text as the editor has it: it ends all lines alike, where a body may not."""
        self._sending = False
        """Whether an answer is being waited for."""

    def compose(self) -> ComposeResult:
        """The text, what is to be said of it, and the keys."""
        yield Static(
            Content.from_markup(
                "[$foreground-muted]Edit[/] [b]$what[/]   sent as a new event; the original "
                "stays as it is",
                what=visible(self._draft.what, 100),
            ),
            id="heading",
            markup=False,
        )
        yield PayloadArea(self._text, id="editor")
        with Horizontal(id="editor-line"):
            yield Static(id="editor-verdict", markup=False)
            yield Static(id="editor-place", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begins to type at once."""
        area = self.query_one(TextArea)
        area.focus()
        self._untouched = area.text
        self.judge()
        self.tell_place()

    @on(DiscretionChanged)
    def hide_text(self) -> None:
        """Hides what is edited while personal data is masked; it stays as it is."""
        hidden = self._desk.discretion.masked
        self.query_one(TextArea).visible = not hidden
        self.query_one("#editor-line").visible = not hidden
        if not hidden:
            self.query_one(TextArea).focus()  # what is hidden loses it

    @on(TextArea.Changed)
    def judge(self) -> None:
        """Says what differs, or where it is no JSON or no payload as Propexo's are."""
        words = describe_draft(self._body(), self._draft.body, self._before)
        self.query_one("#editor-verdict", Static).update(words)

    @on(TextArea.SelectionChanged)
    def tell_place(self) -> None:
        """Says where the cursor is, as the sentences about mistakes do."""
        row, column = self.query_one(TextArea).cursor_location
        self.query_one("#editor-place", Static).update(Content(f"{row + 1}:{column + 1}"))

    def _body(self) -> bytes:
        text = self.query_one(TextArea).text
        if text == self._untouched:
            return self._draft.body
        return text.encode("utf-8", "surrogatepass")

    @work(description="sending an edited payload")
    async def action_send(self, sign: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Sends what stands there, signed again or with the signature that it had."""
        if self._sending:
            return
        body = self._body()
        try:
            parse(body)
        except InvalidJsonError as error:
            if error.place is not None:
                line, column = error.place
                self.query_one(TextArea).move_cursor((line - 1, column - 1))
            words = "Nothing was sent. The line below says why."
            self._desk.tell(self.app, words, severity="error")
            return
        self._sending = True
        try:
            if await self._draft.send(body, sign):
                self.dismiss()
        finally:
            self._sending = False

    def action_lay_out(self) -> None:
        """Gives each field a line of its own; values stay as they are written."""
        self._write(on_lines)

    def action_join(self) -> None:
        """Leaves out all white space between the fields."""
        self._write(on_one_line)

    def _write(self, laid: Callable[[str], str | None]) -> None:
        area = self.query_one(TextArea)
        text = laid(area.text)
        if text is None:
            self._desk.tell(self.app, "It is no JSON, so it stays as it is.", severity="warning")
        elif text != area.text:
            # As an edit, which can be undone like any other.
            area.replace(text, area.document.start, area.document.end)
            area.move_cursor(area.document.start)

    def action_external(self) -> None:
        """Opens the text in the editor of $VISUAL or $EDITOR, and takes it from there."""
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        if not command:
            self._desk.tell(self.app, "Set VISUAL or EDITOR to your editor.", severity="warning")
            return
        area = self.query_one(TextArea)
        with self.app.suspend():
            text = edit_outside(area.text, command)
        if text is None:
            words = f"{command} did not end well, so the text stays as it is."
            self._desk.tell(self.app, words, severity="warning")
        elif text != area.text:
            area.replace(text, area.document.start, area.document.end)
        self.app.refresh(layout=True)

    def action_close(self) -> None:
        """Goes back without sending; what was typed is not given up unasked."""
        if not self.is_current:
            return  # a key typed before the question stood there
        unsent = self.query_one(TextArea).text != self._untouched
        if unsent and not self._sending:
            question = "What you edited was not sent, and will be gone."
            self.app.push_screen(Confirm(question, (), "give it up"), self._leave)
        else:
            self.dismiss()

    def _leave(self, agreed: bool | None) -> None:  # noqa: FBT001 - a screen's answer
        if agreed:
            self.dismiss()


def edit_outside(text: str, command: str) -> str | None:
    """The text as another program leaves it; None when that could not be run, or failed.

    Args:
        text: what to edit.
        command: the program with its arguments, as a shell would split it.
    """
    with tempfile.TemporaryDirectory(prefix="meterbase-") as folder:
        path = Path(folder) / "payload.json"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            ended = subprocess.run([*shlex.split(command), str(path)], check=False)  # noqa: S603
            return path.read_text(encoding="utf-8") if ended.returncode == 0 else None
        except (OSError, ValueError):
            return None


def refuse_edit(content: Kept, *, masked: bool) -> str | None:
    """Why a body cannot be edited here, as a sentence; None when it can.

    Args:
        content: the bytes of the delivery.
        masked: whether personal data is masked on the screen.
    """
    if not content.complete:
        return "Only its beginning was kept."
    if masked:
        return "The editor would show personal data. Show it first, by the key that masks it."
    return is_editable(content.body)


def is_editable(body: bytes) -> str | None:
    """Why a body cannot be edited here, as a sentence; None when it can."""
    if len(body) > _MOST:
        return "It is too large to be edited here: use `meterbase-tui replay ID --set …`."
    try:
        parse(body)
    except InvalidJsonError as error:
        return f"{error} It can be replayed as it is."
    return None
