"""`failures`: refused signatures, summed up by cause and sender."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import cells
from meterbase_tui.cli.listings import Listing
from meterbase_tui.cli.options import (
    STORE,
    json_option,
    limit_option,
    pager_option,
    setting_options,
)
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.tables import Column
from meterbase_tui.widgets.rows import Cell, Tone
from receiver.arrival.senders import FailureGroup, group_failures
from store.reading.refusals import newest_refusals

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session


def _row(group: FailureGroup) -> tuple[Cell, ...]:
    return (
        Cell(f"{group.count:,}"),
        Cell(group.diagnosis.replace("_", " "), Tone.ERROR),
        cells.text(group.sender),
        cells.moment(group.first_at),
        cells.moment(group.last_at),
        Cell(str(group.newest_id)),
    )


FAILURES: Listing[FailureGroup] = Listing(
    (
        Column("Count", 10, align="right"),
        Column("Cause", 9, 12),
        Column("Sender", 8, 14),
        Column("First seen", 5, 19),
        Column("Last seen", 6, 19),
        Column("Newest", 7, align="right"),
    ),
    _row,
    asdict,
    "No signature has failed. See one fail: meterbase-tui send test_ping --bad-signature no_prefix",
)


@click.command()
@limit_option
@pager_option
@setting_options(STORE)
@json_option
@click.pass_obj
def failures(session: Session, /, *, limit: int, as_json: bool) -> None:
    """Sum up refused signatures by cause and sender, the latest first.

    Looks at the newest 2,000. `show delivery ID` explains one; `deliveries --verdict invalid` lists
    them all.
    """
    with open_reader(session.load()) as reader, reader.connect() as connection:
        groups = group_failures(newest_refusals(connection))
    FAILURES.print(session.console, groups[:limit] if limit else groups, as_json=as_json)
