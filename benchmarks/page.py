"""The page that a reader finds: what is generated stands between two marks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plot import draw_plot
from benchmarks.tables import write_tables

if TYPE_CHECKING:
    from benchmarks.record import Record

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
_PLOT = Path("pictures") / "performance.svg"


def write_page(record: Record, folder: Path = DOCS) -> None:
    """Puts a run's tables and plot into `performance.md` of a folder.

    Raises:
        ValueError: the page has lost its marks.
    """
    page = folder / "performance.md"
    parts = [write_tables(record)]
    plot = draw_plot(record.results)
    if plot:
        (folder / _PLOT).write_text(plot, encoding="utf-8")
        parts.insert(0, f"![Acknowledged a second, by server]({_PLOT.as_posix()})")
    page.write_text(put_between(page.read_text(encoding="utf-8"), parts), encoding="utf-8")


def put_between(page: str, parts: list[str]) -> str:
    """The page with other contents between its marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page needs the lines {BEGIN!r} and {END!r}.")
    return "".join((before, begin, "\n\n", "\n\n".join(parts), "\n\n", end, after))
