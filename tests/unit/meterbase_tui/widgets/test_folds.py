"""Blocks of JSON are found by depth, and a folded layout shows all that is not in a folded one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meterbase_tui.widgets.folds import (
    FoldedLayout,
    block_around,
    block_at,
    blocks_around,
    inner_blocks,
)
from meterbase_tui.widgets.sheet import SHOWN_AT_FIRST, Payload, Sheet, View, lay_out
from meterbase_tui.widgets.text_layout import TextLayout

BODY = b'{"a":[1,{"b":2,"b":[]}],"c":{},"d":{"e":950.0},"f":"{"}'
# 0 {          5 }          10 }
# 1 "a": [     6 ],         11 "f": "{"
# 2 1,         7 "c": {},   ...
VALUES = st.recursive(
    st.integers() | st.text("a{}[]漢 ", max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("k[{", max_size=4), inner),
    max_leaves=12,
)


def sheet_of(body: bytes) -> Sheet:
    return lay_out(Payload(body, len(body)), View.PRETTY, whole=False, rest_key="a")


def lines_of(sheet: Sheet) -> list[str]:
    return [sheet.text[start:end] for start, end in zip(sheet.starts, sheet.ends, strict=True)]


def drawn(sheet: Sheet, *folded: int, width: int = 60) -> list[str]:
    layout = FoldedLayout(sheet, TextLayout(sheet, width), folded)
    rows = [layout.row(index) for index in range(layout.rows)]
    return [" " * row.indent + row.text for row in rows]


def test_a_folded_block_is_one_row_that_says_how_much_is_in_it() -> None:
    sheet = sheet_of(BODY)
    assert lines_of(sheet)[1] == '"a": ['
    assert drawn(sheet, 1) == [
        "{",
        '  "a": […], 2 items',
        '  "c": {},',
        '  "d": {',
        '    "e": 950.0',
        "  },",
        '  "f": "{"',
        "}",
    ]
    assert drawn(sheet, 0) == ["{…} 4 fields"]
    assert drawn(sheet, 3)[3:5] == ["    {…} 2 fields", "  ],"]
    d = lines_of(sheet).index('"d": {')
    assert drawn(sheet, 1, d)[1:4] == ['  "a": […], 2 items', '  "c": {},', '  "d": {…}, 1 field']
    # A fold within a folded block is kept for when that is unfolded.
    assert drawn(sheet, 1, 3) == drawn(sheet, 1)


def test_what_opens_no_block_does_not_fold() -> None:
    sheet = sheet_of(BODY)
    lines = lines_of(sheet)
    for text in ('"c": {},', '"f": "{"', "1,", "}", "],"):
        assert block_at(sheet, lines.index(text)) is None
    assert drawn(sheet, lines.index('"c": {},'), 999) == drawn(sheet)
    scalar = sheet_of(b'"x"')
    assert (block_at(scalar, 0), block_around(scalar, 0), inner_blocks(scalar)) == (
        None,
        None,
        set(),
    )


def test_the_block_of_a_line_is_what_it_opens_closes_or_is_in() -> None:
    sheet = sheet_of(BODY)
    lines = lines_of(sheet)
    assert [block_around(sheet, line) for line in range(len(lines))] == [
        *(0, 1, 1, 3, 3, 3, 3),
        *(1, 0, 9, 9, 9, 0, 0),
    ]
    assert list(blocks_around(sheet, 4)) == [3, 1, 0]
    assert list(blocks_around(sheet, 3)) == [1, 0]
    assert list(blocks_around(sheet, 7)) == [1, 0]
    assert inner_blocks(sheet) == {1, 3, 9}


@pytest.mark.parametrize("body", [b'{"a": [1, 2', b'{"a": [1, 2 oh', b'{"a": [1, 2}'])
def test_a_payload_that_breaks_off_folds_as_far_as_it_goes(body: bytes) -> None:
    sheet = sheet_of(body)
    rows = drawn(sheet, 1, width=200)
    assert rows[:2] == ["{", '  "a": [… 2+ items']
    assert rows[2:] == lines_of(sheet)[4:]
    assert rows[2].startswith("Not JSON from here on")


def test_notes_stay_when_the_whole_is_folded() -> None:
    body = json.dumps(["x" * 100] * 2_000).encode()
    rows = drawn(sheet_of(body), 0)
    assert len(body) > SHOWN_AT_FIRST
    assert rows[0].endswith("+ items")
    assert rows[1].startswith("… ")
    assert "Press a to show the rest" in "".join(rows[1:])


@given(VALUES, st.sets(st.integers(0, 20)), st.integers(8, 60))
def test_folding_hides_blocks_and_nothing_else(value: object, folded: set[int], width: int) -> None:
    sheet = sheet_of(json.dumps(value, ensure_ascii=False, indent=None).encode())
    base = TextLayout(sheet, width)
    layout = FoldedLayout(sheet, base, folded)
    blocks = [
        block for line in folded if line < len(sheet.depths) if (block := block_at(sheet, line))
    ]
    hidden = {line for block in blocks for line in range(block.first + 1, block.last + 1)}
    shown = [row for row in range(base.rows) if base.line_of(row) not in hidden]
    assert layout.rows == len(shown)
    for index, below in enumerate(shown):
        assert layout.row(index).text.startswith(base.row(below).text)
        assert layout.line_of(index) == base.line_of(below)
        assert layout.row_of(layout.position_of(index)) == index
    for line in hidden:
        row = layout.row_of(sheet.starts[line])
        around = layout.line_of(row)
        assert around in folded & set(blocks_around(sheet, line))
        assert "…" in layout.row(row).text
    assert all(cell_len(base.row(row).text) <= width for row in shown)
    assert layout.find("a") == base.find("a")
