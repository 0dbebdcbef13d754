"""Breaks JSON text into indented lines without reading it: every token stays as it was sent.

A parser would drop duplicate keys, turn ``950.0`` into ``950`` and ``1e400`` into infinity, and
give up at a depth of a thousand. This only looks for the places where a line ends, so what is
shown is what was sent, white space between tokens aside.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:"
    r"(?P<string>\"[^\"\\\x00-\x1f]*+"
    r"(?:\\(?:[\"\\/bfnrt]|u[0-9a-fA-F]{4})[^\"\\\x00-\x1f]*+)*+\")"
    r"|(?P<comma>,)|(?P<colon>:)|(?P<open>[{\[])|(?P<close>[}\]])"
    r"|(?P<scalar>true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<end>\Z))"
)
_CUT_SCALAR = re.compile(r"[ \t\r\n]*+[-+.0-9A-Za-z]*+\Z")
_CUT_STRING = re.compile(r"[ \t\r\n]*+(\"[^\"\\\x00-\x1f]*+(?:\\.[^\"\\\x00-\x1f]*+)*+\\?)\Z")


class _Expected(Enum):
    VALUE = auto()
    ELEMENT = auto()
    NAME = auto()
    FIRST_NAME = auto()
    COLON = auto()
    MORE = auto()


_SENTENCES = {
    _Expected.VALUE: "a value is expected",
    _Expected.ELEMENT: "a value or ] is expected",
    _Expected.NAME: "a name in quotes is expected",
    _Expected.FIRST_NAME: "a name in quotes or } is expected",
    _Expected.COLON: "a colon is expected",
    _Expected.MORE: "a comma or a closing bracket is expected",
}
_FIRST = (_Expected.ELEMENT, _Expected.FIRST_NAME)
_NAMES = (_Expected.NAME, _Expected.FIRST_NAME)
_AFTER_OPEN = {"{": _Expected.FIRST_NAME, "[": _Expected.ELEMENT}
_VALUES = (_Expected.VALUE, _Expected.ELEMENT)


class JsonLines:
    """Walks through JSON text and gives out its lines.

    Args:
        text: The text, or its beginning.
        complete: Whether it is all of it. Otherwise it may end anywhere; a number or a word at
            the end is left out, since half a number is another number.
        emit: Takes each line: its depth, and its text without indentation.
    """

    def __init__(self, text: str, *, complete: bool, emit: Callable[[int, str], None]) -> None:
        self._text = text
        self._complete = complete
        self._emit = emit
        self._expected = _Expected.VALUE
        self._open: list[str] = []
        self._line: list[str] = []
        self._depth = 0
        self.end = 0
        """How far the text was JSON."""
        self.problem: str | None = None
        """What was expected where it stops being JSON."""

    def walk(self) -> None:
        """Gives out the lines up to the end, or to where the text stops being JSON."""
        while match := self._next():
            kind = match.lastgroup or ""
            if not self._take(kind, match[kind]):
                self._stop()
                return
            self.end = match.end()
        if self._complete:
            self._finish()
        else:
            self._finish_cut()
        self._flush(0)

    def _next(self) -> re.Match[str] | None:
        match = _TOKEN.match(self._text, self.end)
        if match is None or match.lastgroup == "end":
            return None
        if match.lastgroup == "scalar" and not self._complete:
            return None if _CUT_SCALAR.match(self._text, self.end) else match
        return match

    def _finish(self) -> None:
        """Judges a whole text that goes no further."""
        if self._text[self.end :].strip(" \t\r\n"):
            self._stop()
        elif self._open or self._expected is not _Expected.MORE:
            self._stop(", and the text ends")

    def _finish_cut(self) -> None:
        """Judges a beginning that goes no further: half a string, a number or a word may follow."""
        string = _CUT_STRING.match(self._text, self.end)
        if string and self._take("string", string[1]):
            self.end = len(self._text)
        elif string or not _CUT_SCALAR.match(self._text, self.end):
            self._stop()

    def _stop(self, more: str = "") -> None:
        sentence = _SENTENCES[self._expected]
        if self._expected is _Expected.MORE and not self._open:
            sentence = "nothing more is expected"
        self.problem = sentence + more
        self._flush(0)

    def _take(self, kind: str, token: str) -> bool:
        """Puts a token on its line; False if it must not stand here."""
        match kind:
            case "string":
                return self._take_string(token)
            case "scalar":
                return self._take_value(token)
            case "open":
                return self._take_open(token)
            case "close":
                return self._take_close(token)
            case "comma":
                return self._take_comma()
            case _:
                return self._take_colon()

    def _begin_item(self, token: str) -> None:
        if self._expected in _FIRST:
            self._flush(len(self._open))
        self._line.append(token)

    def _take_string(self, token: str) -> bool:
        if self._expected not in _NAMES:
            return self._take_value(token)
        self._begin_item(token)
        self._expected = _Expected.COLON
        return True

    def _take_value(self, token: str) -> bool:
        if self._expected not in _VALUES:
            return False
        self._begin_item(token)
        self._expected = _Expected.MORE
        return True

    def _take_open(self, token: str) -> bool:
        if self._expected not in _VALUES:
            return False
        self._begin_item(token)
        self._open.append(token)
        self._expected = _AFTER_OPEN[token]
        return True

    def _take_close(self, token: str) -> bool:
        if self._expected not in (*_FIRST, _Expected.MORE) or not self._open:
            return False
        if self._open[-1] + token not in ("{}", "[]"):
            return False
        self._open.pop()
        if self._expected is _Expected.MORE:
            self._flush(len(self._open))
        self._line.append(token)
        self._expected = _Expected.MORE
        return True

    def _take_comma(self) -> bool:
        if self._expected is not _Expected.MORE or not self._open:
            return False
        self._line.append(",")
        self._flush(len(self._open))
        self._expected = _Expected.NAME if self._open[-1] == "{" else _Expected.VALUE
        return True

    def _take_colon(self) -> bool:
        if self._expected is not _Expected.COLON:
            return False
        self._line.append(": ")
        self._expected = _Expected.VALUE
        return True

    def _flush(self, depth: int) -> None:
        """Ends the line, if there is anything on it; the next one has this depth."""
        if self._line:
            self._emit(self._depth, "".join(self._line))
            self._line.clear()
        self._depth = depth
