"""`diff`: two deliveries, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, STORE, json_option, pager_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import value
from receiver.contents.comparison import Difference, DifferenceKind, compare_json
from receiver.judging.strict_json import InvalidJsonError, parse
from store.reading.deliveries import read_content

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from store.reader import Connection

_SIGNS = {
    DifferenceKind.ADDED: ("+", Tone.SUCCESS),
    DifferenceKind.REMOVED: ("-", Tone.ERROR),
    DifferenceKind.CHANGED: ("~", Tone.WARNING),
}
_ID = click.IntRange(min=1, max=MOST)


@click.command()
@click.argument("first", metavar="ID", type=_ID, shell_complete=completing.deliveries)
@click.argument("second", metavar="ID", type=_ID, shell_complete=completing.deliveries)
@setting_options(STORE)
@pager_option
@json_option
@click.pass_obj
def diff(session: Session, /, first: int, second: int, *, as_json: bool) -> None:
    """Show what differs between two deliveries or events, field by field.

    An event has the number of the delivery that brought it first.
    """
    with open_reader(session.load()) as reader, reader.connect() as connection:
        before, after = _read(connection, first), _read(connection, second)
    found = compare_json(before, after)
    with session.console.paged():
        if as_json:
            session.console.json_document(
                {"first": first, "second": second, "differences": [_fields(each) for each in found]}
            )
            return
        for each in found:
            session.console.cells(_cells(each), whole=True)
    if not found:
        session.console.say("They have the same fields with the same values.")


def _read(connection: Connection, delivery_id: int) -> Any:
    content = read_content(connection, delivery_id)
    if content is None:
        raise CommandError(f"There is no delivery {delivery_id}.", Exit.NOT_FOUND)
    if not content.complete:
        raise CommandError(
            f"Only the beginning of the body of delivery {delivery_id} was kept.", Exit.PROBLEM
        )
    try:
        return parse(content.body)
    except InvalidJsonError as error:
        raise CommandError(f"Delivery {delivery_id}: {error}", Exit.PROBLEM) from None


def _cells(each: Difference) -> list[Cell]:
    sign, tone = _SIGNS[each.kind]
    path = visible(each.path or "the whole", 300)
    parts = [Cell(f"{sign} ", tone), Cell(f"{path}  ", Tone.STRONG)]
    if each.kind is not DifferenceKind.ADDED:
        parts.append(Cell(value(each.before), Tone.ERROR))
    if each.kind is DifferenceKind.CHANGED:
        parts.append(Cell(" → ", Tone.MUTED))
    if each.kind is not DifferenceKind.REMOVED:
        parts.append(Cell(value(each.after), Tone.SUCCESS))
    return parts


def _fields(each: Difference) -> dict[str, Any]:
    return {
        "path": each.path,
        "kind": each.kind.value,
        "before": each.before,
        "after": each.after,
    }
