"""What goes when limits are to be held: by age, then the oldest refused, then the oldest accepted.

What strangers can send never pushes out what was accepted. A plan is made on a read-only view; it
looks through all deliveries and is no work for the writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from store.pruning.retention import UNNEEDED, Selection, last_settled
from store.structure.tables import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from store.pruning.limits import Limits

_BYTES = "length(d.headers) + length(d.body)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to go now, and what stays."""

    selection: Selection
    deliveries: int = 0
    size: int = 0
    """Bytes of their headers and bodies."""
    refused: int = 0
    """How many of them are refused ones."""
    kept: int = 0
    kept_size: int = 0


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the oldest deliveries of a kind."""

    last: int = 0
    count: int = 0
    size: int = 0


def make_plan(
    connection: Connection, limits: Limits, now: datetime, targets: Sequence[str] = ()
) -> Plan:
    """What has to go so that the limits hold; as much as they ask for that nothing needs any more.

    Args:
        connection: a view that does not change meanwhile.
        limits: what may be kept.
        now: the time.
        targets: the addresses that deliveries are passed on to: what is not in their queues yet
            stays.
    """
    settled = last_settled(connection, targets)
    before = 0 if limits.days is None else to_micros(now - timedelta(days=limits.days))
    count, size = connection.exec_driver_sql(
        f"SELECT count(*), coalesce(sum({_BYTES}), 0) FROM deliveries d"  # noqa: S608 - our own
    ).one()
    aged_refused = _aged(connection, before, settled, refused=True)
    aged = _aged(connection, before, settled, refused=False)
    rows = _excess(count - aged_refused.count - aged.count, limits.deliveries)
    room = _excess(size - aged_refused.size - aged.size, limits.size)
    refused, accepted = _crowding(connection, before, settled, rows, room)
    parts = (aged_refused, aged, refused, accepted)
    gone, gone_size = sum(part.count for part in parts), sum(part.size for part in parts)
    return Plan(
        selection=Selection(
            before=before,
            refused=refused.last,
            accepted=accepted.last,
            settled=settled,
            last=max(part.last for part in parts),
        ),
        deliveries=gone,
        size=gone_size,
        refused=aged_refused.count + refused.count,
        kept=count - gone,
        kept_size=size - gone_size,
    )


def _excess(there: int, limit: int | None) -> int:
    return 0 if limit is None else max(0, there - limit)


def _aged(connection: Connection, before: int, settled: int, *, refused: bool) -> _Part:
    """What was received before an instant."""
    if not before:
        return _Part()
    found = connection.exec_driver_sql(
        f"SELECT max(d.id), count(*), sum({_BYTES}) FROM deliveries d"  # noqa: S608 - our own
        f" WHERE {_kind(refused=refused)} AND d.received_at < :before",
        {"settled": settled, "before": before},
    ).one()
    return _Part(*(value or 0 for value in found))


def _crowding(
    connection: Connection, before: int, settled: int, rows: int, size: int
) -> tuple[_Part, _Part]:
    """What goes to make room: the oldest refused, and accepted ones where those are too few."""
    refused = _oldest(connection, before, settled, rows, size, refused=True)
    rows, size = max(0, rows - refused.count), max(0, size - refused.size)
    return refused, _oldest(connection, before, settled, rows, size, refused=False)


def _oldest(
    connection: Connection, before: int, settled: int, rows: int, size: int, *, refused: bool
) -> _Part:
    """As many of the oldest that are not aged as have so many rows and bytes, or all of them."""
    if not rows and not size:
        return _Part()
    running = (
        f"SELECT d.id AS id, count(*) OVER w AS n, sum({_BYTES}) OVER w AS size"  # noqa: S608
        " FROM deliveries d"
        f" WHERE {_kind(refused=refused)} AND d.received_at >= :before"
        " WINDOW w AS (ORDER BY d.id ROWS UNBOUNDED PRECEDING)"
    )
    span = {"settled": settled, "before": before}
    enough = connection.exec_driver_sql(
        f"SELECT id, n, size FROM ({running}) WHERE n >= :rows AND size >= :size LIMIT 1",  # noqa: S608
        span | {"rows": rows, "size": size},
    ).one_or_none()
    if enough is None:
        enough = connection.exec_driver_sql(
            f"SELECT id, n, size FROM ({running}) ORDER BY id DESC LIMIT 1",  # noqa: S608
            span,
        ).one_or_none()
    return _Part(*enough) if enough is not None else _Part()


def _kind(*, refused: bool) -> str:
    """The condition of a kind; it may need `:settled`."""
    if refused:
        return "d.event_id IS NULL"
    return f"d.event_id IS NOT NULL AND d.id <= :settled AND {UNNEEDED}"
