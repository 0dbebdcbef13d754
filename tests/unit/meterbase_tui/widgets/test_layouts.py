from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meterbase_tui.widgets.hex_layout import HexLayout
from meterbase_tui.widgets.layout import MATCHES_AT_MOST, Ink, Layout
from meterbase_tui.widgets.search import Search
from meterbase_tui.widgets.sheet import Payload, View, lay_out
from meterbase_tui.widgets.text_layout import TextLayout

BODIES = st.one_of(
    st.binary(max_size=120),
    st.text("ab漢字👩e\u0301 \n\x1b", max_size=120).map(str.encode),
    st.recursive(st.text("aé漢 ", max_size=40) | st.integers(), st.lists, max_leaves=8).map(
        lambda value: json.dumps(value, ensure_ascii=False).encode()
    ),
)


def text_layout(body: bytes, width: int, view: View = View.PRETTY) -> TextLayout:
    sheet = lay_out(Payload(body, len(body)), view, whole=False, rest_key="a")
    return TextLayout(sheet, width)


def drawn(layout: Layout) -> list[str]:
    rows = [layout.row(index) for index in range(layout.rows)]
    return [("↪" if row.continued else "") + " " * row.indent + row.text for row in rows]


@given(BODIES, st.integers(8, 60), st.sampled_from([View.PRETTY, View.RAW]))
def test_rows_hold_all_of_the_text_and_fit(body: bytes, width: int, view: View) -> None:
    sheet = lay_out(Payload(body, len(body)), view, whole=False, rest_key="a")
    layout = TextLayout(sheet, width)
    rows = [layout.row(index) for index in range(layout.rows)]
    joined = "".join(("" if row.continued else "\n") + row.text for row in rows)
    assert joined == "\n" + sheet.text
    assert all(row.indent + cell_len(row.text) <= width for row in rows)
    for row in rows:
        assert all(0 <= span.start < span.end <= len(row.text) for span in row.spans)


@given(BODIES, st.integers(1, 60))
def test_every_position_is_in_the_row_that_shows_it(body: bytes, width: int) -> None:
    layout = text_layout(body, width)
    for index in range(layout.rows):
        first, text = layout.position_of(index), layout.row(index).text
        for place in range(len(text)):
            assert layout.row_of(first + place) == index
            assert list(layout.columns(index, first + place, first + place + 1)) == [
                (place, place + 1)
            ]
        assert layout.row_of(first) == index


def test_a_line_too_long_hangs_under_its_beginning() -> None:
    assert drawn(text_layout(b'{"note":"abcdefghijklmnopqrstuvwxyz"}', 20)) == [
        "{",
        '  "note": "abcdefg',
        "↪    hijklmnopqrstuvw",
        '↪    xyz"',
        "}",
    ]
    assert drawn(text_layout('["漢字漢字漢字漢字漢字"]'.encode(), 16)) == [
        "[",
        '  "漢字漢字漢',
        '↪    字漢字漢字"',
        "]",
    ]


def test_deep_nesting_stops_moving_to_the_right() -> None:
    layout = text_layout(b"[" * 500 + b"1" + b"]" * 500, 40)
    assert layout.row(500).text == "1"
    assert layout.row(500).indent == 20


def test_inks_tell_keys_from_values() -> None:
    layout = text_layout(b'{"k": "v: 1", "n": -1.5e3, "b": null}', 60)
    inks = [
        [(row.text[span.start : span.end], span.ink) for span in row.spans]
        for row in (layout.row(index) for index in range(layout.rows))
    ]
    assert inks[1] == [
        ('"k"', Ink.KEY),
        (":", Ink.PUNCTUATION),
        ('"v: 1"', Ink.STRING),
        (",", Ink.PUNCTUATION),
    ]
    assert inks[2][2] == ("-1.5e3", Ink.NUMBER)
    assert inks[3][2] == ("null", Ink.LITERAL)


def test_a_string_stays_a_string_on_its_further_rows() -> None:
    layout = text_layout(b'["' + b"true 1, " * 20 + b'"]', 30)
    inks = {span.ink for index in range(2, layout.rows - 2) for span in layout.row(index).spans}
    assert inks == {Ink.STRING}


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (
            80,
            [
                '00000000  7b 22 61 22 3a 00 1b ff  c3 a9 7d 30 31 32 33 34  {"a":·····}01234',
                "00000010  35" + " " * 48 + "5",
            ],
        ),
        (43, ["00000000  7b 22 61 22 3a 00 1b ff  " + '{"a":···', None, None]),
        (10, ['00000000  7b 22 61 22  {"a"', None, None, None, None]),
    ],
)
def test_hexadecimal_takes_as_many_bytes_a_row_as_fit(width: int, shown: list[str | None]) -> None:
    layout = HexLayout(b'{"a":\x00\x1b\xff\xc3\xa9}012345', width)
    rows = [layout.row(index).text for index in range(layout.rows)]
    assert len(rows) == len(shown)
    assert all(want in (None, row) for want, row in zip(shown, rows, strict=True))
    if width > 20:
        assert max(map(len, rows)) <= width


@given(st.binary(max_size=100), st.integers(0, 90))
def test_hexadecimal_can_be_read_back(body: bytes, width: int) -> None:
    layout = HexLayout(body, width)
    read = b""
    for index in range(layout.rows):
        first = layout.position_of(index)
        row = layout.row(index).text
        position = first
        while columns := list(layout.columns(index, position, position + 1)):
            (left, right), (at, _) = columns
            read += bytes.fromhex(row[left:right])
            assert row[at] == chr(read[-1]) or row[at] == "·"
            assert layout.row_of(position) == index
            position += 1
        assert row.isprintable()
    assert read == body


def test_a_search_counts_case_only_where_the_term_does() -> None:
    layout = text_layout(b'["Maple", "maple", "MAPLE"]', 60)
    assert len(layout.find("maple")) == 3
    assert len(layout.find("Maple")) == 1
    assert layout.find("(") == []
    assert len(HexLayout(b"Maple maple", 80).find("maple")) == 2
    assert len(HexLayout(b"Maple maple", 80).find("Maple")) == 1


def test_a_search_stops_counting() -> None:
    layout = text_layout(b"1" * 20_000, 60, View.RAW)
    assert len(layout.find("1")) == MATCHES_AT_MOST


def test_a_match_that_goes_on_in_the_next_row_is_marked_in_both() -> None:
    layout = text_layout(b'["abcdefghijklmnopqrstuvwxyz"]', 16)
    search = Search()
    search.begin("klmnop", layout, 0)
    marked = {
        index: layout.row(index).text[mark.start : mark.end]
        for index in range(layout.rows)
        for mark in search.marks(layout, index)
    }
    assert marked == {1: "k", 2: "lmnop"}
    assert search.position is not None
    assert layout.row_of(search.position) == 1


@given(BODIES, st.text("ae漢", min_size=1, max_size=2), st.integers(1, 30))
def test_what_is_marked_is_what_was_looked_for(body: bytes, term: str, width: int) -> None:
    layout = text_layout(body, width)
    search = Search()
    search.begin(term, layout, 0)
    marked = [
        (layout.row(index).text[mark.start : mark.end], mark.current)
        for index in range(layout.rows)
        for mark in search.marks(layout, index)
    ]
    assert "".join(text for text, _ in marked).lower() == term * len(search)
    assert "".join(text for text, now in marked if now).lower() == (term if search else "")


def test_a_search_goes_on_from_where_the_reader_is_and_round_at_the_ends() -> None:
    layout = text_layout(b"aXbXcX", 60, View.RAW)
    search = Search()
    search.begin("x", layout, 2)
    assert (search.number, search.position, len(search)) == (2, 3, 3)
    search.step(1)
    assert search.position == 5
    search.step(1)
    assert search.position == 1
    search.step(-1)
    assert search.position == 5
    # One letter more is still looked for from where the first was typed.
    search.begin("xb", layout, 5)
    assert (search.number, search.position) == (1, 1)
    ended = Search()
    ended.begin("x", layout, 0)
    ended.begin("", layout, 0)
    assert (ended.number, ended.position, len(ended)) == (0, None, 0)
