"""JSON text laid out anew: only the white space between its tokens changes. Pure."""

from __future__ import annotations

import re

from meterbase_tui.widgets.json_lines import JsonLines

_INDENT = "  "
_STRING_OR_SPACE = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\r\n]++')


def on_lines(text: str) -> str | None:
    """The text with a line for each field; None where it is no JSON."""
    lines: list[str] = []
    walk = JsonLines(
        text, complete=True, emit=lambda depth, line: lines.append(_INDENT * depth + line)
    )
    walk.walk()
    return None if walk.problem else "\n".join(lines)


def on_one_line(text: str) -> str | None:
    """The text without white space between its tokens; None where it is no JSON."""
    if on_lines(text) is None:
        return None
    return _STRING_OR_SPACE.sub(lambda found: found[1] or "", text)
