"""A list of records, whose key to open one stands among the keys at the bottom."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class RecordList(OptionList):
    """As Textual's, which keeps that key to itself.

    Args:
        opens: whether a record of this kind leads anywhere; the key is not offered otherwise.
        id: as for any widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open", id="records.open"),
    ]

    def __init__(self, *, opens: bool, id: str) -> None:  # noqa: A002 - as Textual has it
        super().__init__(id=id, classes="records", markup=False)
        self._opens = opens

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The key is there where it opens something."""
        if action == "select":
            return self._opens
        return super().check_action(action, parameters)
