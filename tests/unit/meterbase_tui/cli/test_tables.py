"""Tables that fit the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from meterbase_tui.cli.console import Console
from meterbase_tui.cli.tables import Column, fit, print_facts, print_table
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    import pytest


def _console() -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(stream, io.StringIO(), {}), stream


def test_columns_are_aligned_and_no_line_ends_in_spaces() -> None:
    console, stream = _console()
    columns = (Column("ID", align="right"), Column("Unit"), Column("Note"), Column("Status"))
    print_table(
        console,
        columns,
        [
            [Cell("7"), Cell("東京"), Cell(""), Cell("vacant")],
            [Cell("12345"), Cell("305"), Cell(""), Cell("")],
        ],
    )
    # A column that is empty in every row is not shown.
    assert stream.getvalue().split("\n") == [
        "   ID  Unit  Status",
        "    7  東京  vacant",
        "12345  305",
        "",
    ]


def test_facts_without_a_value_are_left_out() -> None:
    console, stream = _console()
    print_facts(console, [("Id", Cell("7")), ("Lease", Cell("")), ("Status", Cell("vacant"))])
    assert stream.getvalue() == "  Id      7\n  Status  vacant\n"


def test_a_long_fact_goes_on_below_itself_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    words = (
        "The body was parsed and written again: see https://example.com/a/long/address/indeed now."
    )
    facts = [("Id", Cell("7")), ("Explanation", Cell(words))]
    console, stream = _console()
    print_facts(console, facts)
    assert stream.getvalue() == f"  Id           7\n  Explanation  {words}\n"
    monkeypatch.setattr(Console, "width", 50)
    console, stream = _console()
    print_facts(console, facts)
    assert stream.getvalue().splitlines() == [
        "  Id           7",
        "  Explanation  The body was parsed and written",
        "               again: see",
        "               https://example.com/a/long/address/indeed",
        "               now.",
    ]


def test_one_long_text_does_not_pad_all_others_where_there_is_no_terminal() -> None:
    assert fit((Column("A"), Column("B")), [500, 3], None) == [80, 3]
    console, written = _console()
    rows = [[Cell("a" * 500), Cell("b")], [Cell("c"), Cell("d")]]
    print_table(console, (Column("A"), Column("B")), rows)
    _, long, short = written.getvalue().splitlines()
    assert long == "a" * 500 + "  b"
    assert len(short) == 80 + 2 + 1


def test_the_widest_column_is_cut_first_and_the_least_important_goes() -> None:
    columns = (Column("A", 9, 5), Column("B", 1, 10), Column("C", 5, 10))
    assert fit(columns, [5, 30, 12], 60) == [5, 30, 12]
    assert fit(columns, [5, 30, 12], 40) == [5, 19, 12]
    assert fit(columns, [5, 30, 12], 20) == [5, 0, 12]
    assert fit(columns, [5, 30, 12], 3) == [5, 0, 0]


@given(
    st.lists(
        st.tuples(st.integers(0, 80), st.integers(0, 10), st.integers(1, 20)),
        min_size=1,
        max_size=8,
    ),
    st.integers(20, 200),
)
def test_what_is_kept_fits(shapes: list[tuple[int, int, int]], available: int) -> None:
    columns = [Column("x", priority, least) for _, priority, least in shapes]
    natural = [width for width, _, _ in shapes]
    widths = fit(columns, natural, available)
    kept = [width for width in widths if width]
    assert sum(kept) + 2 * (len(kept) - 1) <= available
    assert all(width <= wanted for width, wanted in zip(widths, natural, strict=True))
    if sum(natural) + 2 * (len(natural) - 1) <= available:
        assert widths == natural


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_that_want_them() -> None:
    for environ, coloured in (
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ):
        stream = _Terminal()
        Console(stream, io.StringIO(), environ).cells([Cell("no", Tone.ERROR)])
        assert ("\x1b[31m" in stream.getvalue()) is coloured
    console, plain = _console()
    console.cells([Cell("no", Tone.ERROR)])
    assert plain.getvalue() == "no\n"


def test_a_line_is_cut_at_the_edge_of_the_terminal_unless_it_is_to_be_whole(
    monkeypatch: object,
) -> None:
    stream = _Terminal()
    console = Console(stream, io.StringIO(), {"NO_COLOR": "1"})
    width = console.width
    assert width is not None
    console.cells([Cell("x" * width), Cell("東" * width)])
    console.cells([Cell("y" * (width + 9))], whole=True)
    first, second, _ = stream.getvalue().split("\n")
    assert cell_len(first) == width
    assert len(second) == width + 9


def test_whatever_is_said_is_one_visible_line() -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    console = Console(stdout, stderr, {})
    console.say("a\nb\x1b[2J\u202e")
    console.line("c\x9b\x07")
    console.json_line({"x": "\x1b\x7f\x9b\u202eé"})
    assert stderr.getvalue() == "a\\x0ab\\x1b[2J\\u202e\n"
    assert stdout.getvalue() == ('c\\x9b\\x07\n{"x":"\\u001b\\u007f\\u009b\\u202e\\u00e9"}\n')
