"""What a listing is narrowed to, and its translation into conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import and_, cast, func, literal_column, or_
from sqlalchemy.types import Text

from store.records import EventState, Verdict
from store.structure.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, FromClause


Subjects: TypeAlias = "Mapping[str, Sequence[str]]"
"""Ids of records by their resource type."""
_OPEN, _SET_ASIDE = (
    "events.state IN ('pending', 'processing')",
    "events.state IN ('failed', 'ignored')",
)
_INDEXED: dict[str, str] = {
    EventState.PENDING: _OPEN,
    EventState.PROCESSING: _OPEN,
    EventState.FAILED: _SET_ASIDE,
    EventState.IGNORED: _SET_ASIDE,
}


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

    @property
    def concerns_events(self) -> bool:
        """Whether only deliveries match that brought or repeated an event."""
        wanted = (self.event, self.state, self.connection_id, self.property_id, self.unit_id)
        return any(each is not None for each in wanted)

    @property
    def only_refused(self) -> bool:
        """Whether only deliveries match that were refused for their signature, or before it."""
        return self.unsigned or self.verdict not in (None, Verdict.VALID)


EVERYTHING = Filters()


def conditions(table: FromClause, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """The conditions that deliveries and events share; `table` is that of either."""
    for name in ("event", "connection_id", "property_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            yield table.c[name] == wanted


def of_records(table: FromClause, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """The conditions of what concerns one record; `table` has its ids."""
    for name in ("connection_id", "property_id", "unit_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            yield table.c[name] == wanted


def state_conditions(state: str | None) -> Iterator[ColumnElement[bool]]:
    """The conditions that an event is in a state."""
    if state is None:
        return
    yield EVENTS.c.state == state
    if state in _INDEXED:
        # Says what follows from the state, so that the small index of such events is used.
        yield literal_column(_INDEXED[state])


def about(table: FromClause, subjects: Subjects) -> ColumnElement[bool]:
    """Whether a row is about one of the records; `table` has a resource's type and id."""
    every = list(dict.fromkeys(each for ids in subjects.values() for each in ids))
    kinds = [
        and_(table.c.resource_type == kind, table.c.resource_id.in_(ids))
        for kind, ids in subjects.items()
        if ids
    ]
    # The ids by themselves are what an index has.
    found = table.c.resource_id == every[0] if len(every) == 1 else table.c.resource_id.in_(every)
    return and_(found, or_(*kinds))


def body_contains(table: FromClause, term: str) -> ColumnElement[bool]:
    """Whether a delivery's body, ids or path contain `term`."""
    body = cast(table.c.body, Text)
    return or_(
        # SQLite's LIKE is without regard to ASCII case, and twice as fast as comparing lower().
        body.contains(term, autoescape=True),
        table.c.resource_id.contains(term, autoescape=True),
        table.c.connection_id.contains(term, autoescape=True),
        table.c.path.contains(term, autoescape=True),
        # It ends at a NUL, which only a refused body can have.
        and_(table.c.event_id.is_(None), func.instr(func.lower(body), func.lower(term)) > 0),
    )
