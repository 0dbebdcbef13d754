from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.row_painter import RowPainter, Signs
from meterbase_tui.widgets.rows import Cell, Row, Tone

TEXTS = st.text(st.sampled_from("ab 漢👩e\u0301\x1b\u202e\ufe0f…"), max_size=12)
COLUMNS = st.lists(
    st.builds(
        Column,
        key=st.just("k"),
        title=TEXTS,
        width=st.integers(1, 12),
        share=st.integers(0, 2),
        align=st.sampled_from(["left", "right", "center"]),
    ),
    max_size=5,
)
SIGNS = st.builds(Signs, st.booleans(), st.booleans(), st.booleans())


CELLS = st.lists(st.builds(Cell, TEXTS, st.just(Tone.ERROR), st.integers(1, 4)), max_size=6)


@given(COLUMNS, st.integers(0, 130), st.booleans(), CELLS, SIGNS)
def test_every_line_is_as_wide_as_it_says(
    columns: list[Column], width: int, markable: bool, cells: list[Cell], signs: Signs
) -> None:
    painter = RowPainter(columns, width, markable=markable)
    row = Row(tuple(cells))
    for strip in (
        painter.header(Style()),
        painter.row(row, signs, lambda _: Style()),
        painter.row(None, signs, lambda _: Style()),
    ):
        assert strip.cell_length == width
        assert sum(cell_len(segment.text) for segment in strip) == width
        assert strip.text.isprintable()


def test_a_row_is_its_signs_and_its_cells_in_their_columns() -> None:
    columns = (
        Column("a", "A", 3),
        Column("b", "B", 4, share=1),
        Column("c", "C", 3, align="right"),
    )
    painter = RowPainter(columns, 19, markable=True)
    row = Row((Cell("one"), Cell("two and more"), Cell("9", Tone.WARNING)))
    styles = {tone: Style(meta={"tone": str(tone)}) for tone in Tone}
    strip = painter.row(row, Signs(cursor=True, focus=True, marked=True), styles.__getitem__)
    assert strip.text == "▌● one two and…   9"
    assert painter.header(Style()).text.split() == ["A", "B", "C"]
    tones = {segment.text.strip(): segment.style for segment in strip}
    assert tones["9"] == styles[Tone.WARNING]


def test_a_cell_reaches_over_others_as_far_as_those_are_shown() -> None:
    columns = [
        Column("a", "A", 3, priority=2),
        Column("b", "B", 4),
        Column("c", "C", 3, priority=1),
    ]
    row = Row((Cell("twelve cells", span=2), Cell("covered"), Cell("end")))
    for width, text in ((15, "  twelve … end "), (11, "  tw… end  "), (5, "  tw…")):
        assert RowPainter(columns, width).row(row, Signs(), lambda _: Style()).text == text
