"""What a listing is narrowed to, and its translation into conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, cast, func, or_
from sqlalchemy.types import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from store.tables import DeliveryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions that must all hold; None leaves one out."""

    event: str | None = None
    state: str | None = None
    verdict: str | None = None
    connection_id: str | None = None
    property_id: str | None = None
    unit_id: str | None = None
    unsigned: bool = False
    """Whether only deliveries count whose signature was missing or wrong."""
    since: datetime | None = None
    search: str | None = None
    """Text to find in bodies and ids, without regard to ASCII case."""


EVERYTHING = Filters()


def conditions(table: Any, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """The conditions that deliveries and events share; `table` is either mapped class."""
    for name in ("event", "connection_id", "property_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            yield getattr(table, name) == wanted


def concerns_unit(table: Any, unit_id: str) -> ColumnElement[bool]:
    """Whether a row is about a unit itself; its lease and residents are found by the changes."""
    return and_(table.resource_type == "unit", table.resource_id == unit_id)


def body_contains(table: type[DeliveryRow], term: str) -> ColumnElement[bool]:
    """Whether a delivery's body, ids or path contain `term`."""
    body = cast(table.body, Text)
    return or_(
        # SQLite's LIKE is without regard to ASCII case, and twice as fast as comparing lower().
        body.contains(term, autoescape=True),
        table.resource_id.contains(term, autoescape=True),
        table.connection_id.contains(term, autoescape=True),
        table.path.contains(term, autoescape=True),
        # It ends at a NUL, which only a refused body can have.
        and_(table.event_id.is_(None), func.instr(func.lower(body), func.lower(term)) > 0),
    )
