"""The filter as a small form: one line a condition, with what the store has to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from meterbase_tui.queries.narrowing import (
    Condition,
    ConditionError,
    list_conditions,
    read_conditions,
)
from meterbase_tui.terminal.key_names import show_keys
from meterbase_tui.text import visible
from meterbase_tui.widgets.line_input import LineInput
from store.reading.filters import EVERYTHING, Filters

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from store.reading.choices import Choices

_LISTED = 12


class ChoiceInput(LineInput):
    """A line of text that goes through its choices with the arrows, and completes what is typed.

    Args:
        condition: what is asked for.
        value: what it is now. Foreign text, as the choices are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "choose(1)", "Next choice", show=False, id="filter.next_choice"),
        Binding("up", "choose(-1)", "Previous choice", show=False, id="filter.previous_choice"),
    ]

    def __init__(self, condition: Condition, value: str) -> None:
        self._choices = {visible(choice): choice for choice in condition.choices}
        self._meant = {visible(value): value} | self._choices
        super().__init__(
            visible(value),
            id=condition.name,
            compact=True,
            suggester=SuggestFromList(self._choices, case_sensitive=False),
        )
        self.condition = condition

    @property
    def meant(self) -> str:
        """What is written, in the very characters of a choice that it stands for."""
        return self._meant.get(self.value, self.value)

    def action_choose(self, step: int) -> None:
        """Puts the next choice in; before the first and after the last there is none."""
        choices = ("", *self._choices)
        at = choices.index(self.value) if self.value in choices else 0
        self.value = choices[(at + step) % len(choices)]


_KEYS = (
    ("enter", "show"),
    ("↑↓", "choose"),
    ("filter.reset", "clear"),
    ("filter.close", "back"),
)


class FilterForm(ModalScreen[Filters | None]):
    """Answers with the filter to apply, or None to leave it as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="filter.close"),
        Binding("ctrl+r", "reset", "Clear all", id="filter.reset"),
    ]

    def __init__(self, filters: Filters, choices: Choices) -> None:
        super().__init__()
        self._filters = filters
        self._conditions = list_conditions(choices)

    def compose(self) -> ComposeResult:
        """A line for each condition, and one that says what there is to choose from."""
        with Vertical(id="filter-card", classes="card") as card:
            card.border_title = Content("Show only")
            show_keys(card, *_KEYS)
            for condition in self._conditions:
                with Horizontal(classes="field"):
                    yield Label(condition.label, markup=False)
                    yield ChoiceInput(condition, getattr(self._filters, condition.name) or "")
            yield Static(id="choices", markup=False)

    @on(DescendantFocus)
    def show_choices(self, event: DescendantFocus) -> None:
        """Says what there is to choose from."""
        if isinstance(event.widget, ChoiceInput):
            self.query_one("#choices", Static).update(Content(_hint(event.widget.condition)))

    @on(Input.Submitted)
    def apply(self) -> None:
        """Answers with what is written, or says what cannot be."""
        texts = {field.condition.name: field.meant for field in self.query(ChoiceInput)}
        try:
            self.dismiss(read_conditions(self._conditions, texts, self._filters))
        except ConditionError as error:
            self.query_one(f"#{error.name}").focus()
            self.call_after_refresh(self._complain, str(error))

    def _complain(self, sentence: str) -> None:
        self.query_one("#choices", Static).update(
            Content.from_markup("[$text-error]✗ $sentence[/]", sentence=sentence)
        )

    def action_reset(self) -> None:
        """Answers that everything is to be shown."""
        self.dismiss(EVERYTHING)


def _hint(condition: Condition) -> str:
    if condition.name == "search":
        return "found in bodies, ids and paths, without regard to case"
    if not condition.choices:
        return "none in the store yet"
    listed = [visible(choice, 40) for choice in condition.choices[:_LISTED]]
    rest = len(condition.choices) - len(listed)
    return " · ".join(listed + ([f"{rest:,} more"] if rest else []))
