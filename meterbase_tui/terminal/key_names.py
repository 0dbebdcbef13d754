"""The keys in force as a person reads them, for hints: what the user remapped is named rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.content import Content

from meterbase_tui.screens import load_screens
from meterbase_tui.terminal.keys import default_keys, describe_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.dom import DOMNode
    from textual.widget import Widget

    from meterbase_tui.app import MeterbaseApp


class KeyNames:
    """Names the keys of what can be done, by the ids that the configuration has."""

    def __init__(self, remapped: Mapping[str, str]) -> None:
        """Takes the user's own keys, as the settings have them."""
        self._remapped = remapped
        self._names: dict[str, str] = {}

    def of(self, binding_id: str) -> str:
        """The first key for something."""
        if binding_id not in self._names:
            keys = self._remapped.get(binding_id) or _default_keys_of(binding_id)
            self._names[binding_id] = describe_key(keys.split(",")[0].strip())
        return self._names[binding_id]

    def line(self, *deeds: tuple[str, str]) -> str:
        """What a card's lower edge says: `enter send · p prepare · esc back`.

        Args:
            deeds: ids, or keys that cannot be changed, parted by blanks; and what they do.
        """
        return " · ".join(f"{self._all(keys)} {words}".rstrip() for keys, words in deeds)

    def _all(self, keys: str) -> str:
        return " ".join(self.of(key) if "." in key else key for key in keys.split())


def _default_keys_of(binding_id: str) -> str:
    known = default_keys()
    if binding_id not in known:
        # Of a screen that no key has opened yet.
        load_screens()
        known = default_keys()
    return known[binding_id]


def key_names_of(node: DOMNode) -> KeyNames:
    """The names of the keys of the program that a widget is shown in."""
    return cast("MeterbaseApp", node.app).key_names


def show_keys(card: Widget, *deeds: tuple[str, str]) -> None:
    """Says on the lower edge of a card which keys do what; see `KeyNames.line`."""
    card.border_subtitle = Content(key_names_of(card).line(*deeds))
