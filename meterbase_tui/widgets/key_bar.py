"""The keys at the bottom of a screen: as many as there is room for, and always the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.widgets import Footer
from textual.widgets._footer import FooterKey  # it is what a footer is made of, and not exported

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from textual.app import ComposeResult

_WAYS_OUT = frozenset({"clear", "back", "close", "app.pop_screen", "quit", "help"})
"""Whoever does not know them is lost; the help has all the others."""
_BESIDE = 2
"""Cells beside the words of a key: one before its name, and one before the next key."""
_ROOMY = 3
"""The same where there is room for more: keys are told from names at a glance."""


class KeyBar(Footer):
    """A footer that is never cut: where there is no room it leaves out what is needed least.

    Args:
        first_to_go: the actions whose keys go first where there is no room, in this order; after
            them the last of the others. The ways out of a screen stay in any case.
    """

    DEFAULT_CSS = """
    KeyBar.-compact.-roomy {
        padding-left: 1;
        FooterKey { margin-right: 2; }
    }
    """

    def __init__(self, *first_to_go: str) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._first_to_go = first_to_go

    def compose(self) -> ComposeResult:
        """The keys that work now, of which those that fit are seen."""
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        self._fit(keys)
        yield from keys

    def on_resize(self) -> None:
        """There is more room, or less."""
        self._fit(self.query(FooterKey))

    def _fit(self, keys: Iterable[FooterKey]) -> None:
        by_action = {key.action: key for key in keys}
        words = {
            action: cell_len(key.key_display) + cell_len(key.description)
            for action, key in by_action.items()
        }
        room = self.size.width or self.app.size.width  # before it was ever laid out
        shown = choose_keys(words, room, self._first_to_go)
        for action, key in by_action.items():
            key.display = action in shown
        self.set_class(takes(words, shown, _ROOMY) <= room, "-roomy")


def choose_keys(words: dict[str, int], room: int, first_to_go: Sequence[str]) -> set[str]:
    """The actions whose keys fit into a number of cells.

    Args:
        words: by the action, the cells that its key and its name take, from left to right.
        room: how many cells there are.
        first_to_go: which of them go first where they do not fit.
    """
    rest = [action for action in reversed(words) if action not in first_to_go]
    leaving = [action for action in (*first_to_go, *rest) if action not in _WAYS_OUT]
    shown = set(words)
    for action in leaving:
        if takes(words, shown, _BESIDE) <= room:
            break
        shown.discard(action)
    return shown


def takes(words: dict[str, int], shown: Collection[str], beside: int) -> int:
    """How many cells some keys take, with so many beside each but the last, which has one less."""
    return sum(words[action] for action in shown) + beside * len(shown) - 1
