"""`forwards`: what was passed on to the application under development, and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import cells
from meterbase_tui.cli.choices import Word
from meterbase_tui.cli.listings import Listing
from meterbase_tui.cli.options import (
    MOST,
    STORE,
    json_option,
    limit_option,
    pager_option,
    setting_options,
)
from meterbase_tui.cli.registering import change_store
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.tables import Column
from meterbase_tui.exports import json_fields
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import duration, slowness
from store.forwarding.forward_records import Forward, ForwardState
from store.forwarding.forwards import list_forwards

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session

_TONES = {
    ForwardState.DELIVERED: Tone.SUCCESS,
    ForwardState.FAILED: Tone.ERROR,
    ForwardState.HELD: Tone.WARNING,
}


def _row(forward: Forward) -> tuple[Cell, ...]:
    ms = forward.ms
    return (
        Cell(str(forward.delivery_id)),
        cells.moment(forward.ended_at or forward.due_at),
        Cell(forward.state.value, _TONES.get(forward.state, Tone.PLAIN)),
        cells.answer(forward),
        Cell("" if ms is None else duration(ms), slowness(ms)),
        Cell(str(forward.attempts)),
        cells.text(forward.connection_id),
        cells.text(forward.target),
    )


FORWARDS: Listing[Forward] = Listing(
    (
        Column("Delivery", 10, align="right"),
        Column("Ended or due", 6, 19),
        Column("State", 9),
        Column("Answer", 8, 16),
        Column("Took", 5, align="right"),
        Column("Attempts", 4, align="right"),
        Column("Connection", 1, 12),
        Column("Target", 3, 20),
    ),
    _row,
    json_fields.forward_fields,
    "Nothing was passed on. Start the receiver with --forward-to URL.",
)
_TARGET = click.option("--target", metavar="URL", help="Of this target.")


@click.group(invoke_without_command=True)
@click.option("--state", type=Word(ForwardState), help="In this state.")
@_TARGET
@click.option(
    "--delivery", "delivery_id", type=click.IntRange(1, MOST), metavar="ID", help="Of this one."
)
@limit_option
@pager_option
@setting_options(STORE)
@json_option
@click.pass_context
def forwards(
    context: click.Context,
    /,
    *,
    state: str | None,
    target: str | None,
    delivery_id: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List what was passed on to your application, newest first.

    `show delivery ID` shows every answer, whole.
    """
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    with open_reader(session.load()) as reader, reader.connect() as connection:
        found = list_forwards(
            connection, target=target, state=state, delivery_id=delivery_id, limit=limit
        )
    FORWARDS.print(session.console, found, as_json=as_json)


@forwards.command()
@_TARGET
@setting_options(STORE)
@click.pass_obj
def retry(session: Session, target: str | None) -> None:
    """Send everything anew that failed, in the order received."""
    move(session, ForwardState.FAILED, ForwardState.WAITING, target)


@forwards.command()
@_TARGET
@setting_options(STORE)
@click.pass_obj
def release(session: Session, target: str | None) -> None:
    """Send what is held because there was more of it than --max-backlog."""
    move(session, ForwardState.HELD, ForwardState.WAITING, target)


@forwards.command()
@click.option("--failed", is_flag=True, help="Drop what failed instead.")
@_TARGET
@setting_options(STORE)
@click.pass_obj
def drop(session: Session, target: str | None, *, failed: bool) -> None:
    """Give up what is held; it stays in the log, and `replay` can still send it."""
    before = ForwardState.FAILED if failed else ForwardState.HELD
    move(session, before, ForwardState.DROPPED, target)


def move(session: Session, before: ForwardState, after: ForwardState, target: str | None) -> None:
    """Moves deliveries to another state, and says how many there were."""
    count = change_store(
        session, "change_forwards", before=before.value, after=after.value, target=target
    )
    what = "will be sent" if after is ForwardState.WAITING else "given up"
    session.console.line(f"{count:,} {what}")
