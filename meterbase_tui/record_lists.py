"""Records as lines to choose from: properties, connections, units, a bill, notifications. Pure.

An option's id is the place of its record in what was read: an id of the sender's may be any text.

Foreign text enters only as a variable of a template and after `visible`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets.option_list import Option

from meterbase_tui import formats
from meterbase_tui.text import visible
from receiver.bills import describe_effect, describe_method
from receiver.checks.wording import count
from receiver.occupancy import describe_standing, occupancy_of
from receiver.personal_data import MASK
from receiver.weights import Payer
from store.records import PropertyState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from meterbase_tui.division import PropertyDivision
    from receiver.shares import Share
    from store.records import (
        ConnectionRecord,
        LeaseRecord,
        Notification,
        Property,
        Resident,
        Unit,
    )

_BAR = 12
MOST = 500
"""So many lines of a kind; the commands list all."""
_STATES = {
    PropertyState.LINKED: ("✓ linked", "$text-success"),
    PropertyState.REVIEW: ("! to review", "$text-warning"),
    PropertyState.UNLINKED: ("○ not linked", "$foreground-muted"),
}


def property_options(properties: Sequence[Property]) -> list[Option]:
    """Properties, those to review first."""
    if not properties:
        return [_none("No property has been heard of. s sends a sample.")]
    return [Option(_draw_property(each), f"{at}") for at, each in enumerate(properties[:MOST])]


def connection_options(connections: Sequence[ConnectionRecord]) -> list[Option]:
    """Connections, the one last heard of first."""
    if not connections:
        return [_none("No connection is registered, and none has been heard of.")]
    return [Option(_draw_connection(each), f"{at}") for at, each in enumerate(connections[:MOST])]


def unit_options(units: Sequence[Unit], today: date) -> list[Option]:
    """Units, the one changed last first."""
    if not units:
        return [_none("No unit is known. s sends a sample; 2 is a new unit.")]
    options = [Option(_draw_unit(each, today), f"{at}") for at, each in enumerate(units[:MOST])]
    if len(units) > MOST:
        options.append(_none(f"… {len(units) - MOST:,} more: meterbase-tui units"))
    return options


def lease_options(leases: Sequence[LeaseRecord], *, masked: bool) -> list[Option]:
    """Leases that came as records of their own, the one changed last first."""
    if not leases:
        return [_none("No lease was delivered as a record of its own.")]
    return [Option(_draw_lease(each, masked), f"{at}") for at, each in enumerate(leases[:MOST])]


def resident_options(residents: Sequence[Resident], *, masked: bool) -> list[Option]:
    """Residents, the one changed last first."""
    if not residents:
        return [_none("No resident is known.")]
    shown = enumerate(residents[:MOST])
    return [Option(_draw_resident(each, masked), f"{at}") for at, each in shown]


def bill_options(found: PropertyDivision | None) -> list[Option]:
    """Each unit's share of a property's bill, with the share before the event that is looked at."""
    if found is None:
        return [_none("No property is linked, so there is no bill to divide.")]
    name = visible(found.property.name or found.property.property_id, 60)
    head = Content.from_markup(
        "[b]$name[/], divided $how [$foreground-muted]$hint[/]",
        name=name,
        how=describe_method(found.now.method),
        hint="· [ and ] go to another property",
    )
    options = [Option(head)]
    if found.effect is not None and (sentence := describe_effect(found.effect)):
        words = Content.from_markup("[$text-warning]The last change: $what[/]", what=sentence)
        options.append(Option(words))
    most = max((share.part for share in found.now.shares), default=Fraction(1))
    options += [Option(_draw_share(found, share, most)) for share in found.now.shares]
    for each in found.now.left_out:
        unit = visible(each.unit.unit_number or each.unit.unit_id, 40)[:20]
        options.append(_none(f"{unit:<12} without a share: it {each.reason}"))
    return options


def notification_options(notifications: Sequence[Notification]) -> list[Option]:
    """Notifications, newest first; their ids are those of their events."""
    if not notifications:
        return [_none("There is nothing that a person should look at.")]
    return [
        Option(_draw_notification(each), f"{at}", disabled=each.event_id is None)
        for at, each in enumerate(notifications[:MOST])
    ]


def _draw_property(record: Property) -> Content:
    word, colour = _STATES[record.state]
    return Content.from_markup(
        f"[{colour}]$state[/] [b]$id[/] $name [$foreground-muted]$connection  $units[/]",
        state=word.ljust(13),
        id=visible(record.property_id, 24).ljust(18),
        name=visible(record.name or "–", 30).ljust(24),
        connection=visible(record.connection_id, 30).ljust(18),
        units=count(record.units, "unit", "units"),
    )


def _draw_connection(record: ConnectionRecord) -> Content:
    word, colour = (
        ("✓ registered", "$text-success") if record.registered else ("! unknown", "$text-warning")
    )
    heard = formats.local_instant(record.last_event_at) if record.last_event_at else "never"
    return Content.from_markup(
        f"[{colour}]$state[/] [b]$id[/] $name [$foreground-muted]$events, last $heard[/]",
        state=word.ljust(13),
        id=visible(record.connection_id, 30).ljust(24),
        name=visible(record.name or "–", 30).ljust(22),
        events=count(record.events, "event", "events"),
        heard=heard,
    )


def _draw_unit(unit: Unit, today: date) -> Content:
    standing = describe_standing(unit, today) or occupancy_of(unit).value
    missing = "  ! no longer listed" if unit.missing_since else ""
    return Content.from_markup(
        "[b]$number[/] $standing [$foreground-muted]$facts  $where[/][$text-warning]$missing[/]",
        number=visible(unit.unit_number or unit.unit_id, 40)[:20].ljust(10),
        standing=visible(standing, 80)[:60].ljust(40),
        facts=_facts(unit).ljust(26),
        where=visible(unit.property_id or "–", 24),
        missing=missing,
    )


def _draw_lease(lease: LeaseRecord, masked: bool) -> Content:  # noqa: FBT001
    return Content.from_markup(
        "[b]$id[/] $who $status [$foreground-muted]$span  $occupants  unit $unit[/]",
        id=visible(lease.lease_id, 40)[:20].ljust(16),
        who=_person(lease.resident_name, masked).ljust(24),
        status=visible(lease.status or "–", 20).ljust(14),
        span=visible(f"{lease.start_date or '–'} to {lease.end_date or '–'}", 60).ljust(26),
        occupants="–" if lease.occupant_count is None else f"{lease.occupant_count} occ.",
        unit=visible(lease.unit_id or "–", 40),
    )


def _draw_resident(resident: Resident, masked: bool) -> Content:  # noqa: FBT001
    return Content.from_markup(
        "[b]$id[/] $name $email $phone [$foreground-muted]unit $unit[/]",
        id=visible(resident.resident_id, 40)[:20].ljust(16),
        name=_person(resident.name, masked).ljust(24),
        email=_person(resident.email, masked).ljust(30),
        phone=_person(resident.phone, masked).ljust(18),
        unit=visible(resident.unit_id or "–", 40),
    )


def _person(text: str | None, masked: bool) -> str:  # noqa: FBT001
    if text is None:
        return "–"
    return MASK if masked else visible(text, 80)[:40]


def _facts(unit: Unit) -> str:
    parts = ((2, "occ.", unit.occupant_count), (4, "sqft", unit.sqft), (1, "bed", unit.bedrooms))
    shown = [f"{value:>{width}} {name}" for width, name, value in parts if value is not None]
    return " · ".join(shown) or "–"


def _draw_share(found: PropertyDivision, share: Share, most: Fraction) -> Content:
    before = found.before(share.unit.unit_id)
    changed = before is not None and before != share.part
    was = f"was {float(before) * 100:.3f} %" if changed and before is not None else ""
    owner = "the owner pays" if share.payer is Payer.OWNER else ""
    bar = "█" * round(share.part / most * _BAR)
    return Content.from_markup(
        "[b]$unit[/] $percent  [$text-warning]$was[/] [$foreground-muted]$facts$owner[/] "
        "[$text-accent]$bar[/]",
        unit=visible(share.unit.unit_number or share.unit.unit_id, 40)[:20].ljust(12),
        percent=f"{share.percent:7.3f} %",
        was=was.ljust(13),
        facts=_facts(share.unit).ljust(26),
        owner=owner,
        bar=bar,
    )


def _draw_notification(notification: Notification) -> Content:
    return Content.from_markup(
        "[$foreground-muted]$at[/]  [$text-accent]$kind[/] $text",
        at=formats.local_instant(notification.at),
        kind=notification.kind.value.replace("_", " ").ljust(16),
        text=visible(notification.text, 300),
    )


def _none(words: str) -> Option:
    return Option(Content(words), disabled=True)
