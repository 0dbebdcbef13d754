"""An option or argument that is one of a few words, and what a mistyped one may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.settings.given import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable


class Word(click.Choice[str]):
    """One of a few words."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__([str(word) for word in words])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word.

        Raises:
            click.BadParameter: it is none of them; it says which may have been meant.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            advice = suggest(str(value).lower(), self.choices)
            raise click.BadParameter(f"{error.message}{advice}", ctx, param) from None
