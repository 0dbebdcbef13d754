"""Where things stand in a TOML file: `tomllib` reads the values and forgets the lines."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Path: TypeAlias = tuple[str | int, ...]
"""The keys that lead to a value; a number counts the tables of an array from 0."""

_TOKEN = re.compile(
    r"""
    (?P<line>\r?\n) | (?P<space>[ \t]+) | (?P<comment>\#[^\n]*)
    | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3}(?!\") | '{3}.*?'{3}(?!')
        | \"(?:\\.|[^\"\\\n])*\" | '[^'\n]*')
    | (?P<mark>[\[\]{},=.]) | (?P<bare>[^\s\[\]{},=."'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


class Place(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        """As editors and compilers write it."""
        return f"{self.line}:{self.column}"


class _Token(NamedTuple):
    kind: str
    text: str
    place: Place


class Places:
    """The places of the keys and values of a text that `tomllib` has read without complaint.

    What stands in an inline table or an array is found at the beginning of it.
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        statement: list[_Token] = []
        depth = 0
        for token in _tokens(text):
            if token.kind == "line" and depth == 0:
                self._note(statement)
                statement = []
            elif token.kind not in {"line", "space", "comment"}:
                statement.append(token)
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
        self._note(statement)

    def of_key(self, *path: str | int) -> Place:
        """Where a key stands, or else the table that it is in."""
        while path and path not in self._keys:
            path = path[:-1]
        return self._keys.get(path, Place(1, 1))

    def of_value(self, *path: str | int) -> Place:
        """Where a value begins, or else the key that it is under."""
        return self._values.get(path) or self.of_key(*path)

    def _note(self, statement: list[_Token]) -> None:
        if not statement:
            return
        if statement[0].text == "[":
            self._enter(statement)
            return
        equals = next(index for index, token in enumerate(statement) if token.text == "=")
        self._note_keys(self._table, statement[:equals])
        path = (*self._table, *map(_unquote, _names(statement[:equals])))
        self._values.setdefault(path, statement[equals + 1].place)

    def _enter(self, header: list[_Token]) -> None:
        """Goes into the table of a line such as `[a.b]` or `[[a]]`."""
        names = _names(header)
        path: Path = ()
        for name in map(_unquote, names[:-1]):
            path = self._last((*path, name))
        path = (*path, _unquote(names[-1]))
        is_array = header[1].text == "["
        if is_array:
            self._counts[path] = self._counts.get(path, -1) + 1
        self._table = self._last(path)
        self._note_keys((), header)
        self._keys.setdefault(self._table, header[0].place)

    def _last(self, path: Path) -> Path:
        """The table that a name stands for: of an array, the one that was begun last."""
        return (*path, self._counts[path]) if path in self._counts else path

    def _note_keys(self, path: Path, tokens: list[_Token]) -> None:
        for token in _names(tokens):
            path = (*path, _unquote(token))
            self._keys.setdefault(path, token.place)


def _names(tokens: list[_Token]) -> list[_Token]:
    return [token for token in tokens if token.kind != "mark"]


def _unquote(token: _Token) -> str:
    if token.kind == "bare":
        return token.text
    return str(tomllib.loads(f"key = {token.text}")["key"])


def _tokens(text: str) -> Iterator[_Token]:
    line, begin = 1, 0
    for found in _TOKEN.finditer(text):
        place = Place(line, found.start() - begin + 1)
        yield _Token(found.lastgroup or "", found[0], place)
        if breaks := found[0].count("\n"):
            line += breaks
            begin = found.start() + found[0].rindex("\n") + 1
