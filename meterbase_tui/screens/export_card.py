"""Asks into which file deliveries are exported, and whether people are masked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from meterbase_tui.exports.exporting import ExportKind, ExportPlan
from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.line_input import LineInput
from meterbase_tui.widgets.mask_box import MaskBox

if TYPE_CHECKING:
    from textual.app import ComposeResult

_KINDS = {
    ExportKind.JSONL: "JSON lines: `meterbase-tui import` reads them back byte for byte.",
    ExportKind.HAR: "HAR 1.2, for browsers and proxies.",
}
_MASKED = "What was masked cannot be imported."


class ExportCard(ModalScreen[ExportPlan | None]):
    """Answers with where and how to export, or None to leave it.

    Args:
        what: What is exported, such as `3 deliveries`.
        plan: What stands in the fields at first.
        problem: Why it did not go as it was asked for before, as a sentence; empty at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="export.close"),
    ]

    def __init__(self, what: str, plan: ExportPlan, problem: str = "") -> None:
        super().__init__()
        self._what = what
        self._plan = plan
        self._problem = problem

    def compose(self) -> ComposeResult:
        """The file, the choice, and what will be written."""
        with Vertical(id="export-card", classes="card") as card:
            card.border_title = Content(f"Export {self._what}")
            show_keys(card, ("enter", "export"), ("tab space", "mask"), ("export.close", "back"))
            with Horizontal(classes="field"):
                yield Label("file", markup=False)
                yield LineInput(self._plan.path, compact=True, select_on_focus=False)
            yield MaskBox(masked=self._plan.masked)
            yield Static(self._describe(), id="choices", markup=False)

    @on(MaskBox.Changed)
    @on(Input.Changed)
    def _say(self) -> None:
        plan = self._asked
        # A field says so too when it is filled at first.
        if plan != self._plan:
            self._plan, self._problem = plan, ""
            self.query_one("#choices", Static).update(self._describe())

    @property
    def _asked(self) -> ExportPlan:
        name = self.query_one(Input).value.strip()
        return ExportPlan(name, self.query_one(MaskBox).value)

    def _describe(self) -> Content:
        if self._problem:
            return Content.from_markup("[$text-error]✗ $why[/]", why=visible(self._problem, 400))
        plan = self._plan
        kind = _KINDS[plan.kind]
        if plan.masked and plan.kind is ExportKind.JSONL:
            kind = f"JSON lines. {_MASKED}"
        folder = "" if Path(plan.path).parent.name else f"In {visible(str(Path.cwd()), 300)}. "
        return Content(f"{folder}{kind} .jsonl or .har at the end decides.")

    @on(Input.Submitted)
    def export(self) -> None:
        """Answers, or says that a name is wanted."""
        plan = self._asked
        if plan.path:
            self.dismiss(plan)
        else:
            self._problem = "Write the name of a file."
            self.query_one("#choices", Static).update(self._describe())
