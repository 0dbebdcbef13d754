"""Options and arguments that are one of a few words, and numbers that are any but endless."""

from __future__ import annotations

import math
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


class Positive(click.FloatRange):
    """A number above nothing."""

    def __init__(self, most: float) -> None:
        super().__init__(min=0, min_open=True, max=most)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number.

        Raises:
            click.BadParameter: it is none, or too large.
        """
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):  # which is neither below any bound nor above
            self.fail(f"{value!r} is not a number", param, ctx)
        return number
