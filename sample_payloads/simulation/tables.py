"""Takes a TOML table apart, and says of what is wrong in it where it is and what would be right."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

_E = TypeVar("_E", bound="StrEnum")
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_MOST_WHOLE, _MOST = 1_000_000, 1e9
_MISSING: Any = object()


class ScenarioError(ValueError):
    """A scenario that cannot be played; `str()` names the file, the place and the cure."""


class Table:
    """A table whose keys are taken one by one; what nobody took is a mistake."""

    def __init__(self, values: object, where: str) -> None:
        """Begins with all keys.

        Args:
            values: the table.
            where: how errors name it: the file, and the place in it.

        Raises:
            ScenarioError: it is no table.
        """
        self.where = where
        if not isinstance(values, dict):
            raise self.wrong("this must be a table of names and values")
        self._values = values
        self._known: list[str] = []

    def wrong(self, sentence: str) -> ScenarioError:
        """An error about this table."""
        end = "" if sentence.endswith("?") else "."
        return ScenarioError(f"{self.where}: {sentence}{end}")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str | None = _MISSING) -> Any:
        """A text that is not empty; None if that is the default."""
        return self._take(name, default, _is_text, 'a text such as name = "305"')

    def whole(self, name: str, default: int | None = _MISSING, least: int = 0) -> Any:
        """A whole number."""

        def fits(value: object) -> bool:
            return _is_whole(value) and least <= value <= _MOST_WHOLE  # type: ignore[operator]

        return self._take(name, default, fits, f"a whole number from {least} to {_MOST_WHOLE:,}")

    def number(self, name: str, default: float | None = _MISSING) -> Any:
        """A number that is not below zero."""

        def fits(value: object) -> bool:
            return _is_number(value) and 0 <= value <= _MOST  # type: ignore[operator]

        return self._take(name, default, fits, "a number that is not below 0")

    def positive(self, name: str, default: float) -> float:
        """A number above zero."""

        def fits(value: object) -> bool:
            return _is_number(value) and 0 < value <= _MOST  # type: ignore[operator]

        return float(self._take(name, default, fits, "a number above 0"))

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        return bool(self._take(name, default, lambda v: isinstance(v, bool), "true or false"))

    def seconds(self, name: str) -> float:
        """A length of time; 0 if it is not there."""
        value = self._take(name, 0, lambda v: _read_duration(v) is not None, _A_TIME)
        return _read_duration(value) or 0.0

    def choice(self, name: str, kind: type[_E], default: _E | None) -> _E | None:
        """One of the values of an enumeration."""
        words = f"one of {', '.join(kind)}"
        value = self._take(name, default, lambda v: v in list(kind), words)
        return None if value is None else kind(value)

    def table(self, name: str) -> dict[str, Any]:
        """A table; an empty one if it is not there."""
        return dict(self._take(name, {}, lambda v: isinstance(v, dict), "a table"))

    def tables(self, name: str) -> list[Any]:
        """A list of tables; an empty one if it is not there."""
        words = f"tables, each begun by [[{name}]]"
        return self.list(name, lambda each: isinstance(each, dict), words)

    def list(self, name: str, fits: Callable[[object], bool], words: str) -> list[Any]:
        """A list; an empty one if it is not there."""

        def all_fit(value: object) -> bool:
            return isinstance(value, list) and all(fits(each) for each in value)

        return list(self._take(name, [], all_fit, words))

    def end(self) -> None:
        """Says which key nobody knows; raises `ScenarioError`."""
        for name in self._values:
            if name not in self._known:
                raise self.wrong(f"{name!r} is not known here. {suggest(name, self._known)}")

    def _take(self, name: str, default: Any, fits: Callable[[object], bool], words: str) -> Any:
        self._known.append(name)
        if name not in self._values:
            if default is _MISSING:
                raise self.wrong(f"{name!r} is missing: {words}")
            return default
        value = self._values[name]
        if not fits(value):
            raise self.wrong(f"{name} is {_show(value)}, and must be {words}")
        return value


_A_TIME = 'seconds, or a text such as "30s", "5m", "2h" or "1d"'


def suggest(name: str, known: Iterable[str]) -> str:
    """What a name may have meant, as the beginning of a sentence."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=2)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known are {', '.join(names)}"


def counts(values: dict[str, Any], table: Table, name: str) -> dict[str, int]:
    """Whole numbers by name; of a table in the table, `outer.inner`."""
    found: dict[str, int] = {}
    for key, value in values.items():
        inner = value if isinstance(value, dict) else {"": value}
        for last, number in inner.items():
            if not _is_whole(number) or number < 0:
                raise table.wrong(f"{name}.{key} is {_show(value)}, and must count something")
            found[f"{key}.{last}" if last else key] = number
    return found


def _read_duration(value: object) -> float | None:
    if _is_number(value):
        return float(value) if value >= 0 else None  # type: ignore[arg-type,operator]
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    return float(found[1]) * _SECONDS[found[2]] if found else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004
