"""A value as it stood in one of the places that settings are read from, and what is made of it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.values import parse_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from meterbase_tui.settings.definition import Definition

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it stood somewhere, not looked at yet."""

    text: str = field(repr=False)
    source: str
    """Where it stood, as the subject of a sentence: `METERBASE_PORT in /srv/.env:3`."""
    base: Path
    """What a relative path in it is relative to."""
    place: str | None = None
    """The same to the column, where that is known."""


Values: TypeAlias = dict[str, Given]
"""What one place says, by the setting's name."""


def parse_given(definition: Definition, given: Given) -> Any:
    """The value that was meant.

    Raises:
        SettingsError: it is not allowed; the sentence names the place, and what may have been meant
            of a few words.
    """
    if given.text == "" and not definition.refuse_empty:
        return None
    try:
        value = definition.parse(given.text)
    except ValueError as error:
        quoted = "" if definition.hidden else f", not {shorten(given.text)}"
        advice = suggest(given.text.lower(), definition.choices)
        raise SettingsError(f"{given.place or given.source} {error}{quoted}.{advice}") from None
    return given.base / value if definition.parse is parse_path else value


def shorten(text: str) -> str:
    """A value as an error quotes it."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def suggest(word: str, known: Iterable[str]) -> str:
    """A sentence with the word that may have been meant, after a space; empty for none."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""
