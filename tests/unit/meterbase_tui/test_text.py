from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meterbase_tui.text import (
    ELLIPSIS,
    breaks,
    cut,
    pad,
    visible,
    visible_bytes,
    visible_in_json,
)

# What a payload may hold: any code point, lone surrogates and controls included, and often.
ANYTHING = st.text(
    st.one_of(
        st.characters(codec=None),
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Zs", "Zl", "Zp"], codec=None),
        st.sampled_from("\x1b\x9b\x00\r\n\u202e\u200b\ufe0f\u3164漢👩e\u0301"),
    )
)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}
# Unicode 15.1, DerivedCoreProperties, Default_Ignorable_Code_Point, and U+2800.
IGNORABLE = {
    0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x2800, 0x3164, 0xFFA0,
    *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
}  # fmt: skip


def shown_by_rule(code: int) -> str:
    character = chr(code)
    if character == " ":
        return character
    if unicodedata.category(character) not in INVISIBLE and code not in IGNORABLE:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def test_every_code_point_is_shown_as_its_unicode_category_demands() -> None:
    everything = [chr(code) for code in range(sys.maxunicode + 1)]
    expected = [shown_by_rule(code) for code in range(sys.maxunicode + 1)]
    assert [visible(character) for character in everything] == expected
    assert visible("".join(everything), limit=20_000_000) == "".join(expected)


def test_newlines_stay_only_where_asked_for() -> None:
    assert visible("a\nb\r\n") == r"a\x0ab\x0d\x0a"
    assert visible("a\nb\r\n", newline=True) == "a\nb\\x0d\n"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]0;PWN\x07", r"\x1b]0;PWN\x07"),
        ("\x1b]52;c;cHdu\x07", r"\x1b]52;c;cHdu\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("id\u200b1", r"id\u200b1"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("a\u3164b", r"a\u3164b"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("漢字 👩 🇩🇪", "漢字 👩 🇩🇪"),
        ("é e\u0301", "é e\u0301"),
    ],
)
def test_hostile_text_is_shown_as_what_it_is(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@given(ANYTHING, st.integers(0, 60), st.booleans())
def test_visible_text_is_printable_encodable_bounded_and_stays_as_it_is(
    text: str, limit: int, newline: bool
) -> None:
    shown = visible(text, limit, newline=newline)
    assert (shown.replace("\n", "") if newline else shown).isprintable()
    assert len(shown) <= limit
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert visible(shown, limit, newline=newline) == shown


@given(ANYTHING)
def test_what_cannot_be_seen_can_be_read_back(text: str) -> None:
    text = text.replace("\\", "/")
    back = visible(text, 10_000).encode("ascii", "backslashreplace").decode("unicode_escape")
    assert back == text


def test_a_long_text_says_how_much_is_missing() -> None:
    assert visible("a" * 50, 20) == "a" * 9 + "… +41 chars"
    assert visible("\x00" * 50, 20) == r"\x00\x00" + "… +48 chars"
    assert visible("\x00" * 6, 20) == r"\x00\x00" + "… +4 chars"
    assert visible("a" * 20, 20) == "a" * 20


@given(st.binary(), st.integers(0, 60))
def test_visible_bytes_are_printable_bounded_and_account_for_every_byte(
    data: bytes, limit: int
) -> None:
    shown = visible_bytes(data, limit)
    assert shown.isprintable()
    assert len(shown) <= limit
    whole = visible_bytes(data, 10_000)
    assert len(whole) <= limit or limit == 0 or ELLIPSIS in shown


@given(st.binary(max_size=60))
def test_bytes_can_be_read_back_from_what_is_shown(data: bytes) -> None:
    data = data.replace(b"\\", b"/")
    shown = visible_bytes(data)
    assert visible_bytes(data, newline=True).replace("\n", r"\x0a") == shown
    if data.isascii():
        assert shown.encode().decode("unicode_escape").encode("latin-1") == data


def test_bytes_that_are_not_utf8_are_shown_one_by_one() -> None:
    assert visible_bytes(b"caf\xe9 \xc3\xa9 \x1b \xed\xa0\x80") == r"caf\xe9 é \x1b \xed\xa0\x80"
    assert visible_bytes(b"\x9b\xc2\x9b") == r"\x9b\x9b"


def test_missing_bytes_are_counted_in_bytes() -> None:
    shown = visible_bytes("é".encode() * 100, 20)
    assert shown == "é" * 8 + "… +184 bytes"


def test_a_json_escape_of_a_control_stays_as_it_was_sent() -> None:
    sent = json.dumps({"a": "\x1b[2J"})
    assert visible(sent) == sent


@given(ANYTHING)
def test_json_that_is_made_visible_keeps_its_values(text: str) -> None:
    raw = json.dumps([text], ensure_ascii=False)
    shown = visible_in_json(raw)
    assert json.loads(shown) == json.loads(raw)
    assert shown.isprintable()
    assert visible(shown, len(shown)) == shown == visible_in_json(shown)


def test_json_that_is_made_visible_keeps_its_lines() -> None:
    laid = '{\n\t"a": 1\r\n}'
    assert visible_in_json(laid) == laid


@given(ANYTHING, st.integers(-1, 30))
def test_cut_never_exceeds_its_width(text: str, width: int) -> None:
    shown = visible(text)
    result = cut(shown, width)
    assert cell_len(result) <= max(0, width)
    if cell_len(shown) <= width and len(shown) <= 16 * width:
        assert result == shown
    elif width > 0 and result != shown:
        assert result.endswith(ELLIPSIS)
        assert shown.startswith(result[:-1])


@given(ANYTHING, st.integers(1, 30))
def test_cut_holds_its_width_for_text_that_skipped_the_door(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width


@given(ANYTHING, st.integers(0, 30), st.sampled_from(["left", "right", "center"]))
def test_pad_fills_its_width_exactly(text: str, width: int, align: str) -> None:
    assert cell_len(pad(visible(text), width, align)) == width  # type: ignore[arg-type]


def test_cut_and_pad_count_cells() -> None:
    assert cut("漢字漢字", 8) == "漢字漢字"
    assert cut("漢字漢字", 6) == "漢字…"
    assert cut("漢字漢字", 5) == "漢字…"
    assert cut("漢字漢字", 4) == "漢…"
    assert cut("abc", 1) == "…"
    assert cut("e\u0301" * 3, 3) == "e\u0301" * 3
    assert cut("e\u0301" * 4, 3) == "e\u0301" * 2 + "…"
    assert pad("漢", 4, "right") == "  漢"
    assert pad("ab", 5, "center") == " ab  "


def test_a_character_made_wider_by_the_next_one_counts_as_wide() -> None:
    heart = "❤\ufe0f"
    assert cell_len(heart * 3) == 6
    assert cut(heart * 3, 4) == heart + "❤…"


def test_marks_piled_up_do_not_flood_a_cell() -> None:
    assert len(cut("e" + "\u0336" * 4000, 10)) <= 161


@given(ANYTHING, st.integers(2, 30))
def test_breaks_cover_the_text_in_lines_that_fit(text: str, width: int) -> None:
    shown = visible(text)
    ends = breaks(shown, width)
    lines = [shown[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert "".join(lines) == shown
    assert all(cell_len(line) <= width for line in lines)
