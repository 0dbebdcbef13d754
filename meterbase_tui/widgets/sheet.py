"""A payload as lines of visible text, in one piece, so that a search is one pass over a string."""

from __future__ import annotations

import codecs
import sys
from array import array
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from meterbase_tui.widgets.json_lines import JsonLines

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_AT_FIRST = 64 * 1024
"""Bytes of a payload that are laid out without being asked for."""

_DEEPEST = 0xFFFF


class View(StrEnum):
    """How a payload is shown."""

    PRETTY = "pretty"
    RAW = "raw"
    HEX = "hex"


class LineKind(IntEnum):
    """What a line of a sheet is."""

    JSON = 0
    RAW = 1
    #: Ours, not the sender's.
    NOTE = 2


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes to show; they are a tenant's data, which no `repr` holds."""

    body: bytes = field(repr=False)
    size: int
    """The true length; more than `body` has when only its beginning was kept."""
    withheld: str = ""
    """Why nothing of it is shown, as a sentence."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lines of visible text; a place in `text` is what a search finds."""

    text: str = field(repr=False)
    starts: Sequence[int]
    ends: Sequence[int]
    depths: Sequence[int]
    kinds: Sequence[int]
    problem: str | None
    """Why the payload is not JSON, or not to its end."""
    missing: int
    """How many bytes of the body are left to be laid out."""


class _SheetBuilder:
    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._starts, self._ends = array("L"), array("L")
        self._depths, self._kinds = array("H"), array("B")

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, depth: int, text: str, kind: LineKind = LineKind.JSON) -> None:
        shown = visible(text, sys.maxsize)
        self._pieces.append(shown)
        self._starts.append(self._length)
        self._length += len(shown)
        self._ends.append(self._length)
        self._length += 1
        self._depths.append(min(depth, _DEEPEST))
        self._kinds.append(kind)

    def add_raw(self, text: str) -> None:
        for line in text.split("\n"):
            self.add(0, line, LineKind.RAW)

    def sheet(self, problem: str | None, missing: int) -> Sheet:
        text = "\n".join(self._pieces)
        return Sheet(text, self._starts, self._ends, self._depths, self._kinds, problem, missing)


def lay_out(payload: Payload, view: View, *, whole: bool, rest_key: str) -> Sheet:
    """Lays a payload out as lines.

    Args:
        payload: What to show.
        view: `View.PRETTY` or `View.RAW`. Pretty is JSON as far as it is JSON, each token as it
            was sent; where it stops being JSON a line says so, and the rest follows as it is.
        whole: Whether to go beyond the first `SHOWN_AT_FIRST` bytes.
        rest_key: The key that the note on the rest names.
    """
    if payload.withheld:
        return _withhold(payload.withheld)
    body = payload.body
    part = body if whole else body[:SHOWN_AT_FIRST]
    complete = len(part) == len(body)
    text = codecs.getincrementaldecoder("utf-8")("backslashreplace").decode(part, complete)
    builder = _SheetBuilder()
    problem, used = None, len(text)
    if view is View.PRETTY:
        problem, used = _add_pretty(builder, text, complete=complete)
    elif text:
        builder.add_raw(text)
    missing = 0 if complete else len(body) - len(text[:used].encode())
    _add_notes(builder, payload, missing, rest_key)
    return builder.sheet(problem, missing)


def _withhold(why: str) -> Sheet:
    builder = _SheetBuilder()
    builder.add(0, why, LineKind.NOTE)
    return builder.sheet(None, 0)


def _add_pretty(builder: _SheetBuilder, text: str, *, complete: bool) -> tuple[str | None, int]:
    """Adds JSON, and what follows it raw; gives the problem, and how much was used."""
    lines = JsonLines(text, complete=complete, emit=builder.add)
    if not text.strip(" \t\r\n"):
        if text:
            builder.add_raw(text)
        return None, len(text)
    lines.walk()
    if lines.problem is None:
        return None, lines.end
    if len(builder):
        builder.add(0, f"Not JSON from here on: {lines.problem}.", LineKind.NOTE)
    rest = text[lines.end :].lstrip(" \t\r\n") if len(builder) else text
    if rest:
        builder.add_raw(rest)
    return lines.problem, len(text)


def _add_notes(builder: _SheetBuilder, payload: Payload, missing: int, rest_key: str) -> None:
    kept = len(payload.body)
    if not payload.size:
        builder.add(0, "No body.", LineKind.NOTE)
    if missing:
        note = f"… {amount(missing)} more of {amount(kept)}. Press {rest_key} to show the rest."
        builder.add(0, note, LineKind.NOTE)
    if payload.size > kept:
        note = f"… of a body of {amount(payload.size)} only the first {amount(kept)} were kept."
        builder.add(0, note, LineKind.NOTE)


def amount(count: int) -> str:
    """A number of bytes for people: exact below 1 KiB."""
    if count < 1024:  # noqa: PLR2004
        return f"{count} byte" if count == 1 else f"{count} bytes"
    if count < 1024 * 1024:
        return f"{count / 1024:.1f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"
