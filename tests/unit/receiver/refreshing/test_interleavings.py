"""Events and refreshes in any order, late, lost or twice: what is newest is in force at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from receiver.refreshing import adapter
from receiver.refreshing.facts import Snapshot
from receiver.refreshing.reconciliation import Context, reconcile
from store.records import LeaseRecord, Unit
from tests.unit.receiver.actions.conftest import CONNECTION, PROPERTY, Books, new_books

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

START = datetime(2026, 3, 25, tzinfo=UTC)
UNITS = ("u1", "u2")


@dataclass(frozen=True)
class State:
    """What is true of a unit at Propexo."""

    status: str = "vacant"
    sqft: int = 900
    lease: tuple[str, int] | None = None
    """Its id and how many live there."""
    listed: bool = True


@dataclass
class World:
    """Propexo's truth over time, one step a minute."""

    history: list[dict[str, State]] = field(default_factory=list)

    def at(self, minute: int) -> dict[str, State]:
        return self.history[minute]


def when(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def tell(world: World, books: Books, minute: int, unit_id: str) -> None:
    """Delivers the event that a unit's change at a minute made."""
    state = world.at(minute)[unit_id]
    lease = state.lease and {"id": state.lease[0], "occupant_count": state.lease[1]}
    books.apply(
        {
            "event": "data.update",
            "timestamp": when(minute).isoformat(),
            "connection_id": CONNECTION,
            "resource_type": "unit",
            "data": {
                "id": unit_id,
                "property_id": PROPERTY,
                "status": state.status,
                "sqft": state.sqft,
                "current_lease": lease,
            },
        }
    )


def fetch(world: World, minute: int) -> Snapshot:
    """What the API lists at a minute."""
    problems: list[str] = []
    listed = {unit_id: state for unit_id, state in world.at(minute).items() if state.listed}
    units = [
        {"id": unit_id, "property_id": PROPERTY, "status": state.status, "square_feet": state.sqft}
        for unit_id, state in listed.items()
    ]
    leases = [
        {
            "id": state.lease[0],
            "unit_id": unit_id,
            "property_id": PROPERTY,
            "status_normalized": "ACTIVE",
            "occupant_count": state.lease[1],
        }
        for unit_id, state in listed.items()
        if state.lease
    ]
    found = Snapshot(
        connection_id=CONNECTION,
        properties=frozenset({PROPERTY}),
        as_of=when(minute),
        units=tuple(filter(None, (adapter.read_unit(each, problems) for each in units))),
        leases=tuple(filter(None, (adapter.read_lease(each, problems) for each in leases))),
    )
    assert problems == []
    return found


def refresh(books: Books, snapshot: Snapshot) -> None:
    units = {record.unit_id: record for record in books.all(Unit)}
    known = books.property(CONNECTION, PROPERTY)
    assert known is not None
    context = Context(
        event_id=0,
        at=snapshot.as_of,
        linked={PROPERTY: known.refreshed_at},
        trusted=True,
    )
    found = reconcile(snapshot, units, books.all(LeaseRecord), context)
    books.put(*found.records, replace(known, refreshed_at=snapshot.as_of))


states: SearchStrategy[State] = st.builds(
    State,
    status=st.sampled_from(["vacant", "occupied", "notice"]),
    sqft=st.sampled_from([900, 950]),
    lease=st.none() | st.tuples(st.sampled_from(["l1", "l2"]), st.integers(1, 3)),
    listed=st.sampled_from([True, True, True, False]),
)


@st.composite
def lives(draw: DrawFn) -> tuple[World, list[tuple[Any, ...]]]:
    """A world, and what reaches us of it: in any order, not everything, some of it twice.

    A refresh takes time: it is fetched at one place and applied at a later one.
    """
    world = World([{unit_id: State() for unit_id in UNITS}])
    steps: list[tuple[Any, ...]] = []
    for minute in range(1, draw(st.integers(2, 12))):
        now = dict(world.at(minute - 1))
        unit_id = draw(st.sampled_from([*UNITS, None]))
        if unit_id is None:
            steps.append(("refresh", minute))
        else:
            state = draw(states)
            # A lease is of one unit.
            lease = state.lease and (f"{unit_id}-{state.lease[0]}", state.lease[1])
            now[unit_id] = replace(state, lease=lease)
            # A unit that is taken out of the lists has no event: the API never tells.
            if now[unit_id].listed:
                steps.append(("event", minute, unit_id))
        world.history.append(now)
    lost = draw(st.sets(st.integers(0, len(steps))))
    kept = [step for number, step in enumerate(steps) if number not in lost]
    again = draw(st.lists(st.sampled_from(kept), max_size=4)) if kept else []
    events = [step for step in again if step[0] == "event"]
    # Refreshes of a connection never overlap, so they keep their order among themselves.
    shuffled = draw(st.permutations(kept + events))
    refreshes = iter(sorted(step for step in shuffled if step[0] == "refresh"))
    return world, [next(refreshes) if step[0] == "refresh" else step for step in shuffled]


@given(lives())
@settings(max_examples=400)
def test_the_newest_fact_is_in_force(life: tuple[World, list[tuple[Any, ...]]]) -> None:
    world, steps = life
    books = new_books()
    refresh(books, fetch(world, 0))
    newest = dict.fromkeys(UNITS, 0)
    for kind, minute, *of in steps:
        if kind == "refresh":
            refresh(books, fetch(world, minute))
        else:
            tell(world, books, minute, of[0])
        for each in of or UNITS:
            newest[each] = max(newest[each], minute)
    for unit_id, minute in newest.items():
        expected, unit = world.at(minute)[unit_id], books.the_unit(unit_id)
        assert (unit.missing_since is None) is expected.listed
        if expected.listed:
            lease = unit.lease and (unit.lease.lease_id, unit.lease.occupant_count)
            found = State(str(unit.status), int(unit.sqft or 0), lease)  # type: ignore[arg-type]
            assert found == expected, (unit_id, minute, steps)


@given(lives())
@settings(max_examples=50)
def test_a_refresh_of_what_is_known_changes_nothing(
    life: tuple[World, list[tuple[Any, ...]]],
) -> None:
    world, _ = life
    books = new_books()
    last = len(world.history) - 1
    refresh(books, fetch(world, last))
    before = {record.unit_id: record for record in books.all(Unit)}
    snapshot = replace(fetch(world, last), as_of=when(last + 1))
    context = Context(event_id=1, at=when(last + 2), linked={PROPERTY: when(last)}, trusted=True)
    found = reconcile(snapshot, before, books.all(LeaseRecord), context)
    assert (found.records, found.missing) == ([], 0)
