"""`samples`: the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import json_option
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.widgets.rows import Cell, Tone
from sample_payloads.catalogue import UnknownSampleError, load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from meterbase_tui.cli.session import Session
    from meterbase_tui.json_fields import Fields
    from sample_payloads.catalogue import Sample


_COLUMNS = (
    Column("Name", 10, 16),
    Column("Event", 5, 13),
    Column("Resource", 4),
    Column("Title", 9, 20),
    Column("Shows", 3, 20),
)


@click.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def samples(session: Session, name: str | None, *, as_json: bool) -> None:
    """List the sample payloads.

    With NAME, prints the payload of that one, to be edited and sent.
    """
    catalogue = load_catalogue()
    chosen: Iterable[Sample] = catalogue
    if name is not None:
        try:
            sample = catalogue.find(name)
        except UnknownSampleError as error:
            raise CommandError(str(error), Exit.NOT_FOUND) from None
        if not as_json:
            session.console.raw(sample.body)
            return
        chosen = (sample,)
    if as_json:
        for sample in chosen:
            session.console.json_line(_fields(sample))
        return
    rows = [_row(sample) for sample in chosen]
    print_table(session.console, _COLUMNS, rows)


def _row(sample: Sample) -> tuple[Cell, ...]:
    return (
        Cell(sample.name, Tone.STRONG),
        Cell(sample.event or "–"),
        Cell(sample.resource_type or "–"),
        Cell(sample.title),
        Cell(sample.shows, Tone.MUTED),
    )


def _fields(sample: Sample) -> Fields:
    return {
        "kind": "sample",
        "name": sample.name,
        "title": sample.title,
        "shows": sample.shows,
        "event": sample.event,
        "resource_type": sample.resource_type,
        "expect": dict(sample.expect),
        "payload": sample.payload,
    }
