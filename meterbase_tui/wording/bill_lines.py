"""A property's bill as lines: who pays how much, and what the last change did. Pure.

Every text that came from outside passes `visible` on its way.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.widgets.columns import Column
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.record_lines import draw_lines, draw_remark, width_of
from receiver.billing.bills import describe_effect, describe_method, describe_vacant
from receiver.billing.weights import Payer
from receiver.checks.wording import count

if TYPE_CHECKING:
    from textual.widgets.option_list import Option

    from meterbase_tui.queries.division import PropertyDivision
    from receiver.billing.shares import Share

BILL_COLUMNS = (
    Column("unit", "Unit", 6, share=1, max_width=16, priority=10),
    Column("share", "Share", 10, align="right", priority=9),
    Column("before", "Before", 10, align="right", priority=8),
    Column("payer", "Paid by", 9, priority=7),
    Column("occupants", "Occ.", 4, align="right", priority=6),
    Column("sqft", "Sqft", 6, align="right", priority=5),
    Column("beds", "Beds", 4, align="right", priority=4),
    Column("bar", "", 8, share=1, max_width=24, priority=1),
)


def describe_bill(found: PropertyDivision, keys: str) -> Content:
    """What is divided, by what, among whom, who pays for empty units, and what changed last.

    Args:
        found: the division.
        keys: how to go to another property.
    """
    name = visible(found.property.name or found.property.property_id, 60)
    division = found.now
    lines = [
        Content.from_markup(
            "[b]$name[/], divided $how: $units, 100 % in all. [$foreground-muted]$keys[/]",
            name=name,
            how=describe_method(division.method),
            units=count(len(division.shares), "share"),
            keys=keys,
        )
        if division.shares
        else Content.from_markup(
            "[b]$name[/]: no unit has a share, so there is nothing to divide. "
            "[$foreground-muted]$keys[/]",
            name=name,
            keys=keys,
        ),
    ]
    if division.shares:
        lines.append(Content(describe_vacant(division.vacant)))
    if not division.complete:
        words = "Too little is known of some units, so the shares of the others are too high."
        lines.append(Content.from_markup("[$text-warning]! $words[/]", words=words))
    if found.effect is not None and (sentence := describe_effect(found.effect)):
        lines.append(
            Content.from_markup("[$text-warning]The last change: $what.[/]", what=_lower(sentence))
        )
    return Content("\n").join(lines)


def draw_bill(found: PropertyDivision, width: int) -> list[Option]:
    """Each unit's share, with the share before the event that is looked at."""
    most = max((share.part for share in found.now.shares), default=Fraction(1))
    full = width_of("bar", BILL_COLUMNS, width) / most
    rows = (_cells(found, share, round(share.part * full)) for share in found.now.shares)
    options = draw_lines(BILL_COLUMNS, rows, width)
    for each in found.now.left_out:
        unit = visible(each.unit.unit_number or each.unit.unit_id, 40)
        options.append(draw_remark(f"{unit}: without a share, since it {each.reason}"))
    return options


def _cells(found: PropertyDivision, share: Share, bar: int) -> tuple[Cell, ...]:
    unit = share.unit
    before = found.before(unit.unit_id)
    was = "" if before in (None, share.part) else f"{float(before or 0) * 100:.3f} %"
    owner = share.payer is Payer.OWNER
    return (
        Cell(visible(unit.unit_number or unit.unit_id, 40), Tone.STRONG),
        Cell(f"{share.percent:.3f} %"),
        Cell(was, Tone.WARNING),
        Cell("the owner", Tone.WARNING) if owner else Cell("resident", Tone.MUTED),
        _number(unit.occupant_count),
        _number(unit.sqft),
        _number(unit.bedrooms),
        Cell("█" * bar, Tone.ACCENT),
    )


def _number(number: float | None) -> Cell:
    return Cell("–", Tone.MUTED) if number is None else Cell(f"{number:,}", Tone.MUTED)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
