r"""The only door for foreign text: what came from outside is made visible here before it is shown.

No widget, no logger and no terminal removes an escape sequence, so whatever a stranger sent (a
body, a header, a path, the message of an exception that quotes them) passes `visible` first. A
character that cannot be seen is written as its number, in the form of Python and JSON: ``\x1b``,
``\u202e``, ``\U000e0041``. Nothing is dropped and nothing is guessed; a literal backslash is not
doubled, so a sender who types ``\x1b`` looks the same, which the hexadecimal view settles.

Widths are in terminal cells throughout: a CJK character or an emoji takes two, a combining mark
none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.cells import cell_len, get_character_cell_size

if TYPE_CHECKING:
    from collections.abc import Callable

Align: TypeAlias = Literal["left", "right", "center"]
"""Where a text stands in a space wider than itself."""

ELLIPSIS = "…"

_POINTS_A_CELL = 16
"""More code points than this in one cell are combining marks piled up to flood the screen."""

_FOREIGN = re.compile(r"[^ -~]+")
_FOREIGN_IN_LINES = re.compile(r"[^ -~\n]+")

_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Printable to Python, yet drawn as nothing or as a space: two different ids would look alike.

Those of Unicode's Default_Ignorable_Code_Point that `str.isprintable` lets through, and the empty
Braille pattern. Terminals disagree on the width of the variation selectors besides.
"""

_ESCAPED_BYTES = range(0xDC80, 0xDD00)
"""Where the error handler "surrogateescape" puts bytes that are not UTF-8."""


def visible(s: str, limit: int = 4096, *, newline: bool = False) -> str:
    r"""Makes foreign text safe to show.

    Args:
        s: Text from outside, lone surrogates included.
        limit: The most characters to return; a longer text ends with how much is missing, as in
            ``… +12 chars``.
        newline: Whether line feeds stay; otherwise one is shown as ``\x0a``.

    Returns:
        Text of printable characters only, that can be encoded as UTF-8 and that a second pass
        leaves as it is.
    """
    if len(s) <= limit:
        shown = _escaped(s, _escape, newline=newline)
        if len(shown) <= limit:
            return shown
    room = limit - len(_rest(len(s), "chars"))
    shown, used = _beginning(s, room, _escape, newline=newline)
    return (shown + _rest(len(s) - used, "chars"))[:limit]


def visible_bytes(b: bytes, limit: int = 4096, *, newline: bool = False) -> str:
    r"""Makes foreign bytes safe to show: as UTF-8 where they are, otherwise byte by byte.

    Like `visible`; a byte that is not UTF-8 is shown as ``\xff``, and a longer text ends with how
    many bytes are missing.
    """
    head = b[: 4 * limit + 4]
    text = head.decode("utf-8", "surrogateescape")
    if len(head) == len(b):
        shown = _escaped(text, _escape_byte, newline=newline)
        if len(shown) <= limit:
            return shown
    room = limit - len(_rest(len(b), "bytes"))
    shown, used = _beginning(text, room, _escape_byte, newline=newline)
    missing = len(b) - len(text[:used].encode("utf-8", "surrogateescape"))
    return (shown + _rest(missing, "bytes"))[:limit]


def visible_in_json(s: str) -> str:
    r"""Makes JSON text safe to show and to edit: what cannot be seen is spelled as JSON would.

    In a string of JSON that changes no value: a raw U+202E becomes ``\u202e``. Line ends and tabs
    stay as they are.
    """
    return _escaped(s, _escape_json, newline=True)


def cut(s: str, width: int) -> str:
    """The beginning of a visible text in at most `width` cells, with an ellipsis if it is cut.

    A character of two cells is never halved, so the result may be a cell narrower. Combining
    marks piled up without end are cut like any text that is too long.
    """
    if width <= 0:
        return ""
    if s.isascii():
        return s if len(s) <= width else s[: width - 1] + ELLIPSIS
    head = s[: _POINTS_A_CELL * width]
    if len(head) == len(s) and cell_len(s) <= width:
        return s
    return _within(head, width - 1) + ELLIPSIS


def pad(s: str, width: int, align: Align = "left") -> str:
    """A visible text in exactly `width` cells: cut if it is too long, else filled with spaces."""
    shown = cut(s, width)
    spare = max(0, width) - cell_len(shown)
    if align == "left":
        return shown + " " * spare
    before = spare if align == "right" else spare // 2
    return " " * before + shown + " " * (spare - before)


def breaks(s: str, width: int) -> list[int]:
    """Where a visible text is broken into lines of at most `width` cells: each line's end.

    The last one is the end of the text; an empty text is one line. A line of one character may be
    wider than a `width` of one.
    """
    if s.isascii():
        return [*range(width, len(s), width), len(s)]
    ends: list[int] = []
    start = cells = 0
    for index, character in enumerate(s):
        size = get_character_cell_size(character)
        if index > start and (cells + size > width or index - start >= _POINTS_A_CELL * width):
            ends.append(index)
            start, cells = index, 0
        cells += size
    return [*ends, len(s)]


def _escaped(s: str, escape: Callable[[str], str], *, newline: bool) -> str:
    """A whole text with what cannot be seen written out; most texts pass at the first look."""
    if s.isascii() and s.isprintable():
        return s

    def show(run: re.Match[str]) -> str:
        text = run[0]
        if text.isprintable() and not _BLANK.search(text):
            return text
        return "".join(map(escape, text))

    return (_FOREIGN_IN_LINES if newline else _FOREIGN).sub(show, s)


def _escape(character: str) -> str:
    """One character as it is shown."""
    if character.isprintable() and not _BLANK.match(character):
        return character
    code = ord(character)
    if code < 0x100:  # noqa: PLR2004
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def _escape_json(character: str) -> str:
    """One character as JSON spells it: as two halves where four digits are not enough."""
    if character in "\t\r" or _escape(character) == character:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _escape_byte(character: str) -> str:
    """One character as it is shown, in a text that holds bytes as surrogates."""
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if code in _ESCAPED_BYTES else _escape(character)


def _beginning(
    s: str, room: int, escape: Callable[[str], str], *, newline: bool
) -> tuple[str, int]:
    """What of a text fits in `room` characters once shown, and how much of it that is."""
    pieces: list[str] = []
    for character in s[: max(0, room)]:
        piece = character if newline and character == "\n" else escape(character)
        room -= len(piece)
        if room < 0:
            break
        pieces.append(piece)
    return "".join(pieces), len(pieces)


def _rest(count: int, unit: str) -> str:
    return f"{ELLIPSIS} +{count} {unit}"


def _within(s: str, width: int) -> str:
    """The longest beginning of a text in at most `width` cells."""
    cells = 0
    for index, character in enumerate(s):
        cells += get_character_cell_size(character)
        if cells > width:
            s = s[:index]
            break
    # A variation selector may widen the character before it, which a sum of sizes does not see.
    while cell_len(s) > width:
        s = s[:-1]
    return s
