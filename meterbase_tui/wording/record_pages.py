"""What each tab of the records shows: words, the titles of the columns, and lines. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.queries.known_records import MOST
from meterbase_tui.wording import record_lists as lists
from meterbase_tui.wording.bill_lines import BILL_COLUMNS, describe_bill, draw_bill
from meterbase_tui.wording.record_lines import draw_head, draw_lines, draw_remark
from receiver.checks.wording import count
from store.records import PropertyState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from textual.widgets.option_list import Option

    from meterbase_tui.queries.known_records import KnownRecords
    from meterbase_tui.terminal.key_names import KeyNames
    from meterbase_tui.widgets.columns import Column
    from meterbase_tui.widgets.rows import Cell

TABS = ("properties", "connections", "units", "leases", "residents", "bill", "notifications")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a tab."""

    options: Sequence[Option] = ()
    head: Content | None = None
    """The titles of the columns; None where there are none."""
    words: Content | None = None
    """What is to be said above the list, or instead of it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """For what a page is drawn."""

    width: int
    """In cells."""
    today: date
    keys: KeyNames


def describe_records(records: KnownRecords) -> str:
    """How many there are, and how many of them somebody should decide about."""
    review = sum(each.state is PropertyState.REVIEW for each in records.properties)
    left = sum(each.dismissed_at is None for each in records.notifications)
    return (
        f"{count(len(records.properties), 'property', 'properties')}, {review:,} to review"
        f" · {count(len(records.units), 'unit')}"
        f" · {count(left, 'notification', limit=MOST)}"
    )


def draw_page(name: str, records: KnownRecords, frame: Frame) -> Page:
    """Draws a tab."""
    if name == "bill":
        return _bill(records, frame)
    if name == "notifications":
        return _notifications(records, frame)
    columns, cells = _kinds(frame)[name]
    found = getattr(records, name)
    if not found:
        return Page(words=Content(_nothing(name, frame.keys)))
    options = draw_lines(columns, map(cells, found[:MOST]), frame.width)
    if len(found) > MOST:
        more = len(found) - MOST
        options.append(draw_remark(f"… {more:,} more: meterbase-tui {name} --limit 0"))
    return Page(options, draw_head(columns, frame.width))


def _kinds(
    frame: Frame,
) -> dict[str, tuple[tuple[Column, ...], Callable[..., tuple[Cell, ...]]]]:
    return {
        "properties": (lists.PROPERTY_COLUMNS, lists.property_cells),
        "connections": (lists.CONNECTION_COLUMNS, lists.connection_cells),
        "units": (lists.UNIT_COLUMNS, lambda unit: lists.unit_cells(unit, frame.today)),
        "leases": (lists.LEASE_COLUMNS, lists.lease_cells),
        "residents": (lists.RESIDENT_COLUMNS, lists.resident_cells),
    }


def _bill(records: KnownRecords, frame: Frame) -> Page:
    found, keys = records.division, frame.keys
    if found is None:
        return Page(words=Content(_nothing("bill", keys)))
    others = f"{keys.of('records.bill_back')} {keys.of('records.bill')} other properties"
    words = describe_bill(found, others if len(records.linked) > 1 else "")
    if not found.now.shares:
        if not found.now.left_out:
            words += Content(f"\n{_sample(keys)} A share needs a unit and its occupants.")
        return Page(draw_bill(found, frame.width), None, words)
    return Page(draw_bill(found, frame.width), draw_head(BILL_COLUMNS, frame.width), words)


def _notifications(records: KnownRecords, frame: Frame) -> Page:
    found = records.notifications
    if not found:
        return Page(words=Content(_nothing("notifications", frame.keys)))
    options = lists.draw_notifications(found)
    if len(found) == MOST:
        options.append(draw_remark("… older ones: meterbase-tui notifications --limit 0"))
    return Page(options)


def _nothing(name: str, keys: KeyNames) -> str:
    sample = _sample(keys)
    return {
        "properties": f"No property has been heard of. {sample}",
        "connections": "No connection is registered, and none has been heard of. "
        "`meterbase-tui connections add ID` registers one.",
        "units": f"No unit is known. {sample} A sync.complete brings all units of a connection.",
        "leases": "No lease was delivered as a record of its own. The current lease of a unit "
        "stands with the unit.",
        "residents": "No resident is known. They come with events whose resource_type is resident.",
        "bill": "No property is linked, so there is no bill to divide. "
        f"{keys.of('records.link')} links the property under the cursor of the first tab.",
        "notifications": "There is nothing that a person should look at. "
        f"{keys.of('records.dismissed')} shows what was dismissed.",
    }[name]


def _sample(keys: KeyNames) -> str:
    return f"{keys.of('records.close')} and then {keys.of('samples.pick')} sends a sample."
