from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from benchmarks.aims import AIMS
from benchmarks.figures import OURS, RAW, Measurement, Results
from benchmarks.page import BEGIN, DOCS, END, put_between, write_page
from benchmarks.plot import draw_plot
from benchmarks.record import Record
from benchmarks.scenarios.acknowledging import COMMIT
from benchmarks.tables import number, table, write_tables

if TYPE_CHECKING:
    from pathlib import Path

NODE = "Node + better-sqlite3"
SVG = "{http://www.w3.org/2000/svg}"


def acknowledged(subject: str, case: str, rate: float) -> Measurement:
    values = {"rate": rate, "p50_ms": 6400 / rate, "p99_ms": 12800 / rate, "p999_ms": 25600 / rate}
    return Measurement("burst", subject, case, values)


RESULTS = Results(
    [
        Measurement("burst", COMMIT, "1", {"p50_ms": 0.2}),
        *(
            acknowledged(subject, case, rate / share)
            for subject, rate in ((RAW, 20_000), (OURS, 12_000), (NODE, 3_000))
            for case, share in (("1", 8), ("64", 1))
        ),
    ]
)
RECORD = Record(
    day="2026-03-26",
    machine="Some machine.",
    remarks={"mitmdump -w": "`mitmdump` not found"},
    results=RESULTS,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "–"), (12_345.6, "12,346"), (42.31, "42.3"), (1.234, "1.23"), (0.01234, "0.012")],
)
def test_a_figure_has_the_digits_that_it_deserves(value: float | None, expected: str) -> None:
    assert number(value) == expected


def test_a_table_is_markdown() -> None:
    assert table(["", "a"], [["x", "1"]]) == "|  | a |\n| --- | ---: |\n| x | 1 |"


def test_the_tables_show_ratios_and_who_is_ahead() -> None:
    text = write_tables(RECORD)
    [ours] = [line for line in text.splitlines() if line.startswith(f"| **{OURS}**")]
    assert "| 12,000 |" in ours
    assert "| 0.60 |" in ours
    assert "4.00 × Node + better-sqlite3" in text
    assert "- mitmdump -w: `mitmdump` not found" in text
    assert "Some machine." in text
    # Nothing is said of what was not measured.
    assert "### Start" not in text
    assert "first paint" not in text


@pytest.mark.parametrize(("share", "told"), [(0.31, True), (0.95, False)])
def test_a_busy_machine_is_told_of(share: float, told: bool) -> None:
    values = {"rate": 900.0, "p99_ms": 9.0, "core_share": share}
    results = Results([Measurement("burst", RAW, "64", values)])
    text = write_tables(Record(day="2026-03-26", machine="A.", remarks={}, results=results))
    assert ("raw aiohttp had 31 % of its core" in text) is told


def test_an_aim_is_judged_on_its_own_side() -> None:
    rows = [line for line in write_tables(RECORD).splitlines() if line.startswith("| burst at 64")]
    assert rows == ["| burst at 64 connections, of raw aiohttp | ≥ 0.5 | 0.60 | yes |"]
    one = next(aim for aim in AIMS if aim.title.startswith("one connection"))
    # Ours 4.27 ms, raw 2.56 ms and a commit of 0.2 ms.
    assert one.read(RESULTS) == pytest.approx(4.266 / 2.76, rel=0.01)
    assert not one.holds(1.54)
    assert one.holds(1.19)


def test_the_plot_is_drawn_to_scale() -> None:
    drawing = ET.fromstring(draw_plot(RESULTS))
    groups = drawing.findall(f"{SVG}g")
    assert [group.attrib["class"] for group in groups] == ["other", "ours", "durable"]
    widths = [float(group.findall(f"{SVG}rect")[0].attrib["width"]) for group in groups]
    assert widths[1] == pytest.approx(0.6 * widths[0], abs=0.1)
    assert widths[2] == pytest.approx(0.15 * widths[0], abs=0.1)
    words = ["".join(text.itertext()) for text in groups[1].findall(f"{SVG}text")]
    assert words == [OURS, "12,000", "1.07"]


def test_a_sustained_load_tells_what_was_left() -> None:
    ours = {"rate": 9_000.0, "p99_ms": 8.0, "p999_ms": 9.0, "processed_share": 0.4}
    ours |= {"drain_s": 12.5, "rate_with_processing": 5_500.0}
    results = Results(
        [
            Measurement("sustained", RAW, "64", {"rate": 20_000.0, "p99_ms": 4.0}),
            Measurement("sustained", OURS, "64", ours),
        ]
    )
    text = write_tables(Record(day="2026-03-26", machine="A.", remarks={}, results=results))
    row = f"| **{OURS}** | 9,000 | 0.45 | 8.00 | 9.00 | 0.40 | 12.5 | 5,500 |"
    assert row in text.splitlines()


def test_without_a_burst_there_is_no_plot() -> None:
    assert draw_plot(Results()) == ""


def test_only_what_is_between_the_marks_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    page = tmp_path / "performance.md"
    page.write_text(f"before\n\n{BEGIN}\nof yesterday\n{END}\n\nafter\n", encoding="utf-8")
    write_page(RECORD, tmp_path)
    once = page.read_text(encoding="utf-8")
    assert once.startswith(f"before\n\n{BEGIN}\n\n![")
    assert once.endswith(f"{END}\n\nafter\n")
    assert "of yesterday" not in once
    assert (tmp_path / "pictures" / "performance.svg").exists()
    write_page(RECORD, tmp_path)
    assert page.read_text(encoding="utf-8") == once


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="begin"):
        put_between("no marks here", ["x"])


def test_the_published_page_has_its_marks() -> None:
    page = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert put_between(page, ["x"]) != page
