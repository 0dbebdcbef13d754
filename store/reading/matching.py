"""Which deliveries match: found by indexes, each of them a lane that gives ids in order.

An accepted first delivery touches no index but its key when it is acknowledged. So those that the
processor has admitted are found by the indexes of their events, repetitions by indexes of their
own, and the few that nothing knows of yet are looked through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import case, column, func, select, table

from store.reading.filters import (
    Filters,
    Subjects,
    about,
    body_contains,
    conditions,
    state_conditions,
)
from store.reading.search import SHORTEST, connections_ending_in, promises
from store.records import EventState, Verdict
from store.structure.tables import DELIVERIES, EVENTS, PROGRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    Lane = Select[Any]

STATE: ColumnElement[str] = func.coalesce(
    EVENTS.c.state, case((DELIVERIES.c.event_id.is_not(None), EventState.PENDING.value))
)
"""An accepted delivery whose event the processor has not admitted yet is pending."""
_T = TypeVar("_T")
_AT_ONCE = 500
_INDEX = table("search_index", column("rowid"))
_FIRST = DELIVERIES.c.event_id == DELIVERIES.c.id
_REPEATED = DELIVERIES.c.event_id != DELIVERIES.c.id
_ACCEPTED, _REFUSED = DELIVERIES.c.event_id.is_not(None), DELIVERIES.c.event_id.is_(None)


def matching_ids(
    connection: Connection,
    filters: Filters,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = 0,
    oldest_first: bool = False,
    first_only: bool = False,
) -> list[int]:
    """The numbers of the deliveries that match, newest first.

    Args:
        connection: where to read.
        filters: what they must match.
        after: only numbers above it.
        before: only numbers below it.
        limit: at most so many; 0 for all.
        oldest_first: the other way round.
        first_only: only those that brought an event first; their numbers are those of the events.
    """
    found: list[int] = []
    for lane, key in _lanes(connection, filters, first_only=first_only):
        narrowed = lane
        if after is not None:
            narrowed = narrowed.where(key > after)
        if before is not None:
            narrowed = narrowed.where(key < before)
        ordered = narrowed.order_by(key if oldest_first else key.desc()).limit(limit or None)
        more = connection.execute(ordered).scalars()
        found = sorted({*found, *more}, reverse=not oldest_first)[: limit or None]
        if limit and len(found) == limit:
            # What lies beyond is not wanted from the next lane either.
            before, after = (found[-1], after) if oldest_first else (before, found[-1])
    return found


def read_in_order(
    ids: Sequence[int], read: Callable[[Sequence[int]], Mapping[int, _T]]
) -> list[_T]:
    """The records with these ids, as far as they exist, some hundred a statement.

    Args:
        ids: in the order wanted.
        read: gives records by their ids.
    """
    found: list[_T] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = read(some)
        found += [known[each] for each in some if each in known]
    return found


def find_subjects(connection: Connection, filters: Filters) -> Subjects | None:
    """The records that a unit's filter is about: itself, its leases and its residents."""
    if filters.unit_id is None:
        return None
    chosen = () if filters.connection_id is None else (filters.connection_id,)
    places = chosen or tuple(
        connection.exec_driver_sql("SELECT connection_id FROM connections").scalars()
    )
    found: dict[str, list[str]] = {"unit": [filters.unit_id]}
    for kind in ("lease", "resident"):
        ids: dict[str, None] = {}
        for place in places:
            rows = connection.exec_driver_sql(
                f"SELECT {kind}_id FROM {kind}s WHERE connection_id = ? AND unit_id = ?",  # noqa: S608 - our own names
                (place, filters.unit_id),
            )
            ids.update(dict.fromkeys(rows.scalars()))
        found[kind] = list(ids)
    return found


def of_delivery(filters: Filters, subjects: Subjects | None) -> Iterator[ColumnElement[bool]]:
    """What a row of the log must fulfil, but for the state of its event."""
    yield from conditions(DELIVERIES, filters)
    if filters.verdict is not None:
        yield DELIVERIES.c.verdict == filters.verdict
        if filters.verdict != Verdict.VALID:
            # Says what follows from the verdict, so that the small index of refused rows is used.
            yield _REFUSED
    if filters.unsigned:
        yield DELIVERIES.c.verdict.in_((Verdict.INVALID, Verdict.MISSING))
        yield _REFUSED
    if filters.since is not None:
        yield DELIVERIES.c.received_at >= filters.since
    if subjects is not None:
        yield about(DELIVERIES, subjects)


def _lanes(
    connection: Connection, filters: Filters, *, first_only: bool
) -> Iterator[tuple[Lane, ColumnElement[int]]]:
    """What together finds every match, with the column that numbers it.

    A delivery that is admitted or indexed meanwhile passes from an earlier lane into a later one:
    it may be found twice, and is never missed.
    """
    subjects = find_subjects(connection, filters)
    if not filters.search:
        return _by_event(filters, subjects, first_only=first_only)
    return _by_text(connection, filters, subjects, first_only=first_only)


def _by_text(
    connection: Connection, filters: Filters, subjects: Subjects | None, *, first_only: bool
) -> Iterator[tuple[Lane, ColumnElement[int]]]:
    term, key = filters.search or "", DELIVERIES.c.id
    contains = (*of_delivery(filters, subjects), body_contains(DELIVERIES, term))
    accepted = _FIRST if first_only else _ACCEPTED
    promise = None if filters.only_refused else promises(connection, term)
    if promise is not None:
        newer = DELIVERIES.c.id > _progress("searchable")
        yield _with_state(select(key).where(accepted, newer, *contains), filters), key
        indexed = select(key).select_from(_INDEX).join(DELIVERIES, key == _INDEX.c.rowid)
        found = indexed.where(promise, accepted, *contains)
        yield _with_state(found, filters), cast("Any", _INDEX.c.rowid)
        if len(term) < SHORTEST:
            ending = connections_ending_in(connection, term)
            yield from _of_connections(ending, filters, contains, first_only=first_only)
    elif not filters.only_refused:
        yield _with_state(select(key).where(accepted, *contains), filters), key
    if not first_only and not filters.concerns_events:
        # Last, since all of them are looked through: where enough was found, only newer ones.
        yield select(key).where(_REFUSED, *contains), key


def _of_connections(
    ids: Sequence[str],
    filters: Filters,
    wanted: tuple[ColumnElement[bool], ...],
    *,
    first_only: bool,
) -> Iterator[tuple[Lane, ColumnElement[int]]]:
    """What connections brought: first deliveries by their events, repetitions by themselves."""
    key = DELIVERIES.c.id
    # Of what is not admitted yet, no connection need be known.
    accepted = _FIRST if first_only else _ACCEPTED
    newer = select(key).where(accepted, DELIVERIES.c.id > _progress("admitted"), *wanted)
    yield _with_state(newer, filters), key
    first = select(EVENTS.c.id).join(DELIVERIES, key == EVENTS.c.id)
    of_event = [*state_conditions(filters.state), EVENTS.c.connection_id.in_(ids)]
    yield first.where(*of_event, *wanted), EVENTS.c.id
    if not first_only:
        repeated = select(key).where(_REPEATED, DELIVERIES.c.connection_id.in_(ids), *wanted)
        yield _with_state(repeated, filters), key


def _by_event(
    filters: Filters, subjects: Subjects | None, *, first_only: bool
) -> Iterator[tuple[Lane, ColumnElement[int]]]:
    if filters.only_refused:
        return  # they have no event
    key = DELIVERIES.c.id
    wanted = tuple(of_delivery(filters, subjects))
    if filters.state in (None, EventState.PENDING):
        yield select(key).where(_FIRST, DELIVERIES.c.id > _progress("admitted"), *wanted), key
    events = [*conditions(EVENTS, filters), *state_conditions(filters.state)]
    if subjects is not None:
        events.append(about(EVENTS, subjects))
    if filters.since is not None:
        events.append(EVENTS.c.received_at >= filters.since)
    kept = DELIVERIES.c.id == EVENTS.c.id
    yield select(EVENTS.c.id).join(DELIVERIES, kept).where(*events), EVENTS.c.id
    if not first_only:
        yield _repeated(filters, wanted), key


def _repeated(filters: Filters, wanted: tuple[ColumnElement[bool], ...]) -> Lane:
    """Repetitions: of few events found from these, else looked through from the newest."""
    lane = select(DELIVERIES.c.id).where(_REPEATED, *wanted)
    rare = [*state_conditions(filters.state)][1:]
    if not rare or filters.state == EventState.PENDING:
        return _with_state(lane, filters)
    joined = lane.select_from(EVENTS).join(DELIVERIES, DELIVERIES.c.event_id == EVENTS.c.id)
    return joined.where(*state_conditions(filters.state))


def _with_state(lane: Lane, filters: Filters) -> Lane:
    if filters.state is None:
        return lane
    joined = lane.outerjoin(EVENTS, EVENTS.c.id == DELIVERIES.c.event_id)
    return joined.where(STATE.is_(filters.state))


def _progress(name: str) -> Any:
    return select(PROGRESS.c.value).where(PROGRESS.c.name == name).scalar_subquery()
