"""The command palette: what the keys do, by name, and the themes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Provider
from textual.content import Content

from meterbase_tui.terminal.keys import list_keys
from meterbase_tui.terminal.themes import THEMES, word_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.command import Hits
    from textual.types import IgnoreReturnCallbackType

    from meterbase_tui.app import MeterbaseApp

_KEYS = 9


class Commands(Provider):
    """Everything that can be done on the screen below the palette."""

    async def discover(self) -> Hits:
        """All of it, in the order of the help."""
        for title, keys, run in self._commands():
            yield DiscoveryHit(_draw(title, keys), run, title)

    async def search(self, query: str) -> Hits:
        """What fits the words best comes first."""
        matcher = self.matcher(query)
        for title, keys, run in self._commands():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, _draw(title, keys), run, title)

    def _commands(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        app = cast("MeterbaseApp", self.app)
        for line in list_keys(self.screen):
            if line.group != "Move":
                run = partial(app.run_action, line.action, line.node)
                yield f"{line.group}: {line.words}", line.keys, run
        for theme in THEMES:
            yield f"Theme: {word_of(theme)}", "", partial(app.choose_theme, theme)


def _draw(title: str, keys: str) -> Content:
    """On one line, so that twice as many are seen, and with the keys where the help has them."""
    return Content.from_markup("[$text-accent]$keys[/] $title", keys=keys.ljust(_KEYS), title=title)
