"""Texts that go on below their own beginning, whatever the width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from meterbase_tui.widgets.prose import Flow, Line, Prose, plain

WORDS = st.lists(st.text("aé京-", min_size=1, max_size=9), max_size=12).map(" ".join)
WIDTHS = st.integers(30, 90)


def drawn(text: Prose | Flow, width: int) -> list[str]:
    return text.at(width).plain.split("\n")


def test_what_goes_on_stands_below_its_text_and_not_below_its_label() -> None:
    rows = Prose([Line(Content("Remark  "), Content("one two three four five six")), _plain("End")])
    assert drawn(rows, 40) == ["Remark  one two three four five six", "End"]
    assert drawn(rows, 24) == ["Remark  one two three", "        four five six", "End"]


def test_a_value_without_room_beside_its_name_stands_below_it() -> None:
    header = Prose([Line(Content("X-Signature: "), Content("a" * 30), 2)])
    assert drawn(header, 50) == ["X-Signature: " + "a" * 30]
    assert drawn(header, 34) == ["X-Signature: ", "  " + "a" * 30]
    assert drawn(header, 22) == ["X-Signature: ", "  " + "a" * 20, "  " + "a" * 10]


def test_lines_of_its_own_stay_lines() -> None:
    assert drawn(Prose([Line(Content("→ "), Content("one\n\ntwo"))]), 40) == [
        "→ one",
        "  ",
        "  two",
    ]


def test_a_part_is_broken_only_where_no_line_holds_it() -> None:
    parts = [Content(words) for words in ("Delivery 5", "POST /a b", "invalid", "", "- refused")]
    assert drawn(Flow(parts), 60) == ["Delivery 5   POST /a b   invalid   - refused"]
    assert drawn(Flow(parts), 36) == ["Delivery 5   POST /a b   invalid", "- refused"]
    long = Flow([Content("Delivery 5"), Content("x" * 40), Content("valid")])
    assert drawn(long, 30) == ["Delivery 5   " + "x" * 40, "valid"]


@given(WORDS, WORDS, WIDTHS)
def test_no_word_is_lost_and_no_line_is_too_long(label: str, text: str, width: int) -> None:
    head = label[:10]
    lines = drawn(Prose([Line(Content(head), Content(text))]), width)
    assert "".join(lines).replace(" ", "") == (head + text).replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)
    margin = " " * cell_len(head)
    assert all(line.startswith(margin) for line in lines[1:])


def _plain(words: str) -> Line:
    return plain(Content(words))
