"""What the inspector lists and finds of a delivery; nothing here draws on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from textual.content import Content
from textual.widgets.option_list import Option

from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import Line, Prose, plain
from meterbase_tui.wording.values import duration, local_instant, value
from receiver.checks.wording import span
from store.reading.deliveries import newer_ids, older_ids
from store.reading.events import list_events
from store.reading.filters import Filters

if TYPE_CHECKING:
    from meterbase_tui.queries.details import Detail
    from meterbase_tui.queries.unit_history import Moment, UnitHistory
    from store.reader import Connection
    from store.records import Change, Delivery

Entry: TypeAlias = Option
_FAR = 500


def first_tab(delivery: Delivery) -> str:
    """The tab that a delivery opens on: why its signature failed, or else what it brought."""
    return "signature" if delivery.verdict.failed else "payload"


def delivery_options(detail: Detail) -> list[Entry]:
    """Every delivery of the event: the first, retries with their pause, replays."""
    options: list[Entry] = []
    before: Delivery | None = None
    for delivery in detail.deliveries:
        mark = "›" if delivery.id == detail.delivery.id else " "
        took = "–" if delivery.ack_ms is None else duration(delivery.ack_ms)
        text = Content.from_markup(
            "$mark [b]$id[/]  [$foreground-muted]$at[/]  $kind  $status in $took",
            mark=mark,
            id=f"{delivery.id:>6}",
            at=local_instant(delivery.received_at),
            kind=_kind(delivery, before).ljust(26),
            status=str(delivery.status),
            took=took,
        )
        options.append(Option(text, id=f"delivery-{delivery.id}"))
        before = delivery
    return options


def _kind(delivery: Delivery, before: Delivery | None) -> str:
    if before is None:
        return "first" if delivery.origin == "network" else delivery.origin.value
    pause = span(delivery.received_at - before.received_at)
    if delivery.replay_of is not None:
        return f"replay of {delivery.replay_of}, {pause} later"
    return f"again, {pause} later"


def history_options(history: UnitHistory | None) -> list[Entry]:
    """The unit's timeline, newest first; one line that says so where there is none."""
    if history is None:
        return [Option("It is about no unit that is known here.", disabled=True)]
    name = visible(history.unit.unit_number or history.unit.unit_id, 60)
    options: list[Entry] = [
        Option(
            Content.from_markup(
                "[b]Unit $name[/] [$foreground-muted]of $connection, newest first[/]",
                name=name,
                connection=visible(history.unit.connection_id, 60),
            ),
            disabled=True,
        )
    ]
    options += [_moment_option(moment, at) for at, moment in enumerate(history.moments)]
    if not history.complete:
        options.append(Option("… older ones: meterbase-tui events --unit …", disabled=True))
    return options


def _moment_option(moment: Moment, at: int) -> Entry:
    head = Content.from_markup(
        "[$foreground-muted]$at[/]  [b]$title[/]  [$foreground-muted]$event[/]",
        at=local_instant(moment.at),
        title=visible(moment.title, 100),
        event="" if moment.event_id is None else f"event {moment.event_id}",
    )
    lines = [plain(head), *(_change_line(change) for change in moment.changes)]
    number = None if moment.event_id is None else f"moment-{at}-{moment.event_id}"
    return Option(Prose(lines), id=number, disabled=number is None)


def _change_line(change: Change) -> Line:
    field = visible(change.field, 60).replace("_", " ").ljust(16)
    values = Content.from_markup(
        "[$text-error]$old[/] [$foreground-muted]→[/] [$text-success]$new[/]",
        old=value(change.old),
        new=value(change.new),
    )
    bill = Content.from_markup("  [$text-warning]● RUBS[/]" if change.affects_rubs else "")
    head = Content.from_markup("[$foreground-muted]│[/]  $field  ", field=field)
    return Line(head, values + bill)


def number_of(option_id: str) -> int:
    """The delivery or event of a line of these lists."""
    return int(option_id.rpartition("-")[2])


def neighbour(connection: Connection, delivery_id: int, *, older: bool) -> int | None:
    """The next older or newer delivery in the log."""
    if older:
        found = older_ids(connection, delivery_id, limit=1)
    else:
        found = newer_ids(connection, delivery_id, limit=1)
    return found[0] if found else None


def earlier(connection: Connection, detail: Detail) -> int | None:
    """The event before this one about the same record; for a repetition, its first delivery."""
    delivery = detail.delivery
    if delivery.event_id is not None and delivery.event_id != delivery.id:
        return delivery.event_id
    if delivery.replay_of is not None:
        return delivery.replay_of
    if delivery.resource_id is None:
        return None
    filters = Filters(connection_id=delivery.connection_id)
    for event in list_events(connection, filters, limit=_FAR):
        same = (event.resource_type, event.resource_id) == (
            delivery.resource_type,
            delivery.resource_id,
        )
        if same and event.id < delivery.id:
            return event.id
    return None
