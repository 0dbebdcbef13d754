"""How the samples stand in the picker: in groups, narrowed by what was typed. Pure."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from meterbase_tui.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from meterbase_tui.sending.sample_outcomes import OutcomeLine
    from sample_payloads.catalogue import Sample

DIGITS = 9
"""So many samples, from the first, have a key of their own."""
_KINDS = 4
"""The catalogue begins with one of each kind of event."""
_GROUPS = {
    "unit": "Units",
    "lease": "Leases",
    "resident": "Residents",
    "property": "Properties",
}
_PREFIXES = {"hostile": "Hostile, and taken all the same", "refused": "Signed rightly, and refused"}
_NAME = 14
_BEFORE = 2 + _NAME
"""Cells before a value: its mark and its name."""
_LEAST = 12


def shelve(samples: Sequence[Sample], term: str) -> Iterator[Option]:
    """The samples that a term is found in, under the headings of their groups.

    A sample's option has its key as its id; a heading has none and cannot be chosen.

    Args:
        samples: all of them, in the order of the catalogue.
        term: words that must all be in the name, the title or what it shows; case does not count.
    """
    words = term.lower().split()
    last = None
    for number, sample in enumerate(samples, start=1):
        text = f"{sample.name} {sample.title} {sample.shows}".lower()
        if not all(word in text for word in words):
            continue
        group = _group(sample, number)
        if group != last:
            heading = Content.from_markup("[$foreground-muted]$group[/]", group=group)
            yield Option(heading, disabled=True)
            last = group
        yield Option(_draw(number, sample), sample.key)


def draw_outcome(lines: Sequence[OutcomeLine], width: int, *, sent: bool) -> Content:
    """What a sample is expected to lead to and, once it was sent, whether it did.

    Args:
        lines: what is to be said.
        width: how many cells there are for a line; longer values go on below their beginning.
        sent: whether it was sent.
    """
    if not lines:
        return Content.from_markup("[$foreground-muted]Nobody said what to expect of it.[/]")
    words = "Expected in a new store, and what came" if sent else "Expected in a new store"
    heading = Content.from_markup("[$foreground-muted]$words[/]", words=words)
    return Content("\n").join(
        (heading, *(row for line in lines for row in _draw_line(line, width)))
    )


def _draw_line(line: OutcomeLine, width: int) -> Iterator[Content]:
    if not line.expected:
        yield _row(" ", line.name, line.actual, "$foreground", width)
    elif not line.actual:
        yield _row("·", line.name, line.expected, "$foreground", width)
    elif line.differs:
        yield _row("≠", line.name, line.expected, "$foreground-muted", width)
        yield _row(" ", "  came", line.actual, "$text-warning", width)
    else:
        yield _row("✓", line.name, line.actual, "$text-success", width)


def _row(mark: str, name: str, value: str, colour: str, width: int) -> Content:
    room = max(_LEAST, width - _BEFORE)
    lines = wrap(value, room, break_long_words=False) or [""]
    return Content.from_markup(
        f"[{colour}]$mark[/] [$foreground-muted]$name[/][{colour}]$value[/]",
        mark=mark,
        name=name.ljust(_NAME),
        value=f"\n{' ' * _BEFORE}".join(lines),
    )


def _group(sample: Sample, number: int) -> str:
    if sample.own:
        return "Your own"
    if number <= _KINDS:
        return "One of each kind"
    prefix = _PREFIXES.get(sample.name.partition("_")[0])
    return prefix or _GROUPS.get(sample.resource_type or "", "Others")


def _draw(number: int, sample: Sample) -> Content:
    digit = str(number) if number <= DIGITS else " "
    title = sample.name if sample.own else sample.title
    if sample.shadows is not None:
        title += ", in the program's place"
    return Content.from_markup(
        " [$text-accent b]$digit[/] $title", digit=digit, title=visible(title, 60)
    )
