"""`rubs`: how the bill of a property is divided over its units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.cells import number, text
from meterbase_tui.cli.choices import Word
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, STORE, json_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.queries.division import division_fields, read_division
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from receiver.billing.bills import Allocation, describe_effect, describe_method
from receiver.billing.weights import Method, Payer, Vacant
from store.connections import list_properties

if TYPE_CHECKING:
    from fractions import Fraction

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.queries.division import PropertyDivision
    from receiver.billing.shares import Share
    from store.reader import Connection
    from store.records import Property

_AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
_COLUMNS = (
    Column("Unit", 10, 8),
    Column("ID", 4, 12),
    Column("Payer", 6),
    Column("Occupants", 5, align="right"),
    Column("Sqft", 5, align="right"),
    Column("Beds", 5, align="right"),
    Column("Before", 7, align="right"),
    Column("Share", 9, align="right"),
    Column("Amount", 8, align="right"),
)


class _Amount(click.ParamType[int]):
    """An amount of money, as its cents."""

    name = "amount"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Cents from a text such as 1234.50."""
        found = _AMOUNT.fullmatch(str(value).strip())
        if not found:
            self.fail("must be an amount such as 1234.50", param, ctx)
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


@click.command()
@click.argument("property_id", metavar="PROPERTY", shell_complete=completing.properties)
@click.option("--connection", "connection_id", metavar="ID", help="The connection it is of.")
@click.option(
    "--method",
    type=Word(Method),
    help="Divide by this instead of what METERBASE_RUBS_METHOD says.",
)
@click.option(
    "--vacant",
    type=click.Choice([vacant.value for vacant in Vacant]),
    help="Whether the owner pays for vacant units, or they are left out.",
)
@click.option("--bill", "cents", metavar="AMOUNT", type=_Amount(), help="An amount to divide.")
@click.option(
    "--event",
    "event_id",
    metavar="ID",
    type=click.IntRange(min=1, max=MOST),
    help="Show the shares before and after this event.",
)
@setting_options(STORE)
@json_option
@click.pass_obj
def rubs(
    session: Session,
    /,
    *,
    property_id: str,
    connection_id: str | None,
    method: str | None,
    vacant: str | None,
    cents: int | None,
    event_id: int | None,
    as_json: bool,
) -> None:
    """Show how a property's bill is divided over its units.

    Shares add up to exactly 1, and the amounts to the bill. A unit of which too little is known has
    no share; what is missing is said.
    """
    settings = session.load()
    allocation = Allocation(
        Method(method) if method else settings.rubs_method,
        Vacant(vacant) if vacant else settings.rubs_vacant,
    )
    with open_reader(settings) as reader, reader.connect() as connection:
        record = _find(connection, property_id, connection_id)
        found = read_division(connection, record, allocation, event_id)
    if as_json:
        session.console.json_document(division_fields(found, cents, event_id))
    else:
        _print(session.console, found, cents, event_id)


def _find(connection: Connection, property_id: str, connection_id: str | None) -> Property:
    matching = [
        record
        for record in list_properties(connection, connection_id=connection_id)
        if record.property_id == property_id
    ]
    if not matching:
        raise CommandError(
            f"There is no property {visible(property_id)}. List what there is with "
            "`meterbase-tui properties`.",
            Exit.NOT_FOUND,
        )
    if len(matching) > 1:
        places = ", ".join(visible(record.connection_id) for record in matching)
        raise CommandError(
            f"{visible(property_id)} is a property of {places}. Choose with --connection.",
            Exit.USAGE,
        )
    return matching[0]


def _print(
    console: Console, found: PropertyDivision, cents: int | None, event_id: int | None
) -> None:
    name = found.property.name or found.property.property_id
    how = describe_method(found.now.method)
    console.cells([Cell(f"{visible(name)}, divided {how}", Tone.STRONG)], whole=True)
    amounts = found.amounts(cents)
    rows = [
        _row(found, share, amount, event_id)
        for share, amount in zip(found.now.shares, amounts, strict=True)
    ]
    if not rows:
        console.say("No unit has a share.")
    else:
        print_table(console, _COLUMNS, rows)
        total = "" if cents is None else f", {_money(cents)} in all"
        console.line(f"{len(rows):,} units share{total}.")
    for reason, names in _by_reason(found).items():
        console.line(f"Without a share, each because it {reason}: {', '.join(names)}")
    if not found.now.complete:
        console.say("Too little is known of some units, so the shares of the others are too high.")
    if event_id is not None:
        console.line(_describe_event(found, event_id))


def _by_reason(found: PropertyDivision) -> dict[str, list[str]]:
    """The units without a share, as people call them."""
    names: dict[str, list[str]] = {}
    for each in found.now.left_out:
        name = visible(each.unit.unit_number or each.unit.unit_id)
        names.setdefault(each.reason, []).append(name)
    return names


def _describe_event(found: PropertyDivision, event_id: int) -> str:
    if found.effect is None:
        return f"Event {event_id} changed no unit of this property."
    sentence = describe_effect(found.effect)
    return f"Event {event_id}: {sentence or 'there are no neighbours'}."


def _row(
    found: PropertyDivision, share: Share, amount: int | None, event_id: int | None
) -> tuple[Cell, ...]:
    unit = share.unit
    before = found.before(unit.unit_id)
    tone = Tone.ACCENT if before is not None and before != share.part else Tone.PLAIN
    return (
        text(unit.unit_number, Tone.STRONG),
        text(unit.unit_id),
        Cell(share.payer.value, Tone.MUTED if share.payer is Payer.OWNER else Tone.PLAIN),
        number(unit.occupant_count),
        number(unit.sqft),
        number(unit.bedrooms),
        Cell(_percent(before) if event_id is not None else "", Tone.MUTED),
        Cell(_percent(share.part), tone),
        Cell("" if amount is None else _money(amount)),
    )


def _percent(part: Fraction | None) -> str:
    return "–" if part is None else f"{float(100 * part):.2f} %"


def _money(cents: int) -> str:
    return f"{cents // 100:,}.{cents % 100:02}"
