"""What goes when limits are to be held, against a model that looks at every delivery."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import StaticPool, create_engine

from store.forwarding import forward_queue
from store.processing import finishing, queue, reopening
from store.processing.effects import Finish
from store.pruning.limits import Limits
from store.pruning.retention import delete_chosen, list_chosen
from store.pruning.retention_plan import Plan, make_plan
from store.records import EventState
from store.structure import schema
from store.writing.inbox import Inbox
from tests.stand_ins.arrivals import START, accepted, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from store.records import Arrival

DAY = timedelta(days=1)
NOW = START + 10 * DAY


class Case(NamedTuple):
    """A delivery of the model."""

    refused: bool
    days: int
    padding: int
    state: str
    """Of its event: processed, pending or failed; of its forward: waiting or held."""


CASES = st.lists(
    st.builds(
        Case,
        st.booleans(),
        st.integers(0, 9),
        st.sampled_from([0, 100, 4_000]),
        st.sampled_from(["processed", "processed", "failed", "pending", "waiting", "held"]),
    ),
    max_size=12,
)
LIMITS = st.builds(
    Limits,
    days=st.none() | st.integers(1, 9),
    deliveries=st.none() | st.integers(1, 12),
    size=st.none() | st.integers(500, 20_000),
)


def is_needed(case: Case) -> bool:
    return not case.refused and case.state in ("pending", "waiting", "held")


def model(cases: list[Case], sizes: list[int], limits: Limits) -> set[int]:
    """The places of those that go: by age, then the oldest refused, then the oldest accepted."""
    free = [at for at, case in enumerate(cases) if not is_needed(case)]
    gone = {at for at in free if limits.days is not None and 10 - cases[at].days > limits.days}
    order = [at for at in free if cases[at].refused] + [at for at in free if not cases[at].refused]
    for at in order:
        kept = [place for place in range(len(cases)) if place not in gone]
        crowded = limits.deliveries is not None and len(kept) > limits.deliveries
        fat = limits.size is not None and sum(sizes[place] for place in kept) > limits.size
        if not crowded and not fat:
            break
        gone.add(at)
    return gone


def make(number: int, case: Case) -> Arrival:
    at = START + case.days * DAY
    if case.refused:
        return refused(number, body=b"x" * (case.padding + 10), received_at=at)
    return accepted(number, padding=case.padding, received_at=at)


def fill(connection: Connection, cases: list[Case]) -> list[int]:
    """Puts the cases into an empty store; the bytes that each takes, by its place."""
    Inbox(connection).extend([make(n, case) for n, case in enumerate(cases)])
    while queue.admit(connection, 100):
        pass
    for claim in queue.claim(connection, 100):
        case = cases[claim.id - 1]
        state = EventState.FAILED if case.state == "failed" else EventState.PROCESSED
        if case.state != "pending":
            finishing.finish(connection, [(claim, Finish(state=state))], START)
    for number, case in enumerate(cases, start=1):
        if case.state in ("waiting", "held") and not case.refused:
            connection.exec_driver_sql(
                "INSERT INTO forwards (id, delivery_id, target, state) VALUES (?, ?, 't', ?)",
                (number, number, case.state),
            )
    return ask(connection, "SELECT length(headers) + length(body) FROM deliveries ORDER BY id")


def ask(connection: Connection, statement: str) -> list[int]:
    return list(connection.exec_driver_sql(statement).scalars())


def apply(connection: Connection, plan: Plan) -> int:
    found = list_chosen(connection, plan.selection, 0, 1_000)
    ids = [number for number, _ in found]
    return delete_chosen(connection, plan.selection, ids) if ids else 0


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A store in memory: files would take most of the time."""
    level = {"isolation_level": "AUTOCOMMIT"}
    engine = create_engine("sqlite://", poolclass=StaticPool, execution_options=level)
    with engine.connect() as opened:
        schema.upgrade(opened, 0)
        yield opened
    engine.dispose()


@contextmanager
def emptied(connection: Connection) -> Iterator[Connection]:
    """The store for a while; it is empty again after that."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield connection
    finally:
        connection.exec_driver_sql("ROLLBACK")


@pytest.fixture
def store(connection: Connection) -> Iterator[Connection]:
    with emptied(connection) as opened:
        yield opened


@settings(max_examples=150)
@given(cases=CASES, limits=LIMITS)
def test_what_is_planned_is_what_the_model_says_and_what_goes(
    connection: Connection, cases: list[Case], limits: Limits
) -> None:
    with emptied(connection) as store:
        sizes = fill(store, cases)
        gone = model(cases, sizes, limits)
        plan = make_plan(store, limits, NOW)
        assert plan.deliveries == len(gone)
        assert plan.size == sum(sizes[at] for at in gone)
        assert plan.refused == sum(cases[at].refused for at in gone)
        assert plan.kept == len(cases) - len(gone)
        assert plan.kept_size == sum(sizes) - plan.size

        assert apply(store, plan) == len(gone)
        left = [at + 1 for at in range(len(cases)) if at not in gone]
        assert ask(store, "SELECT id FROM deliveries ORDER BY id") == left
        # Nothing more is to do, and identities stay.
        assert make_plan(store, limits, NOW).deliveries == 0
        events = [at + 1 for at, case in enumerate(cases) if not case.refused]
        assert ask(store, "SELECT id FROM events ORDER BY id") == events


DONE = Case(refused=False, days=0, padding=0, state="processed")


def test_without_limits_nothing_goes(store: Connection) -> None:
    fill(store, [DONE])
    assert not Limits()
    assert make_plan(store, Limits(), NOW).deliveries == 0


def test_refused_ones_go_first_also_beyond_what_is_admitted(store: Connection) -> None:
    fill(store, 2 * [DONE])
    arrivals = [accepted(7, received_at=START), refused(8), refused(9)]
    Inbox(store).extend(arrivals)
    plan = make_plan(store, Limits(deliveries=3), NOW)
    assert (plan.deliveries, plan.refused) == (2, 2)
    assert apply(store, plan) == 2
    assert ask(store, "SELECT id FROM deliveries") == [1, 2, 3]


def test_what_is_not_admitted_stays_however_old_it_is(store: Connection) -> None:
    fill(store, 2 * [DONE])
    arrivals = [accepted(7, received_at=START), refused(8), refused(9)]
    Inbox(store).extend(arrivals)
    plan = make_plan(store, Limits(days=1), NOW)
    assert (plan.deliveries, plan.refused, plan.kept) == (4, 2, 1)
    assert apply(store, plan) == 4
    assert ask(store, "SELECT id FROM deliveries") == [3]


def test_what_no_queue_of_a_target_knows_yet_stays(store: Connection) -> None:
    fill(store, 4 * [DONE])
    store.exec_driver_sql("INSERT INTO progress VALUES ('forwarded:http://x', 0)")
    forward_queue.enlist(store, "http://x", lambda _: False, limit=2)
    limits = Limits(deliveries=1)
    assert make_plan(store, limits, NOW, ["http://elsewhere"]).deliveries == 3
    plan = make_plan(store, limits, NOW, ["http://x", "http://elsewhere"])
    assert plan.deliveries == 2
    apply(store, plan)
    assert ask(store, "SELECT id FROM deliveries") == [3, 4]


def test_what_is_needed_again_by_then_stays(store: Connection) -> None:
    fill(store, 3 * [DONE])
    plan = make_plan(store, Limits(days=1), NOW)
    assert plan.deliveries == 3
    assert reopening.reopen(store, 2)
    assert delete_chosen(store, plan.selection, [1, 2, 3]) == 2
    assert ask(store, "SELECT id FROM deliveries") == [2]


def test_what_arrives_after_the_plan_stays(store: Connection) -> None:
    fill(store, 3 * [DONE])
    plan = make_plan(store, Limits(days=1, deliveries=1), NOW)
    Inbox(store).extend([refused(9, received_at=START)])
    assert delete_chosen(store, plan.selection, [1, 2, 3, 4]) == 3
    assert ask(store, "SELECT id FROM deliveries") == [4]
