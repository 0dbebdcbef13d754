"""Any sequence of deliveries, repeated and late: the store is what a pure model says it is."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.strict_json import identify
from store.connections import register_connection, set_property_state
from store.filters import Filters
from store.records import EventState, Outcome, PropertyState, Reason
from store.units import list_changes, list_units

if TYPE_CHECKING:
    from store.records import Unit
    from tests.conftest import Bench

FIELDS = ("status", "sqft", "bedrooms", "bathrooms")
_connections = itertools.count(1)


@dataclass
class Model:
    """What one connection's deliveries come to, without a store, a socket or a clock."""

    seen: set[bytes] = field(default_factory=set)
    applied: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    states: list[tuple[EventState, Outcome | None, Reason | None]] = field(default_factory=list)
    changes: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    def deliver(self, body: dict[str, Any]) -> bool:
        """Returns whether it is a duplicate."""
        identity = identify(body)
        if identity in self.seen:
            return True
        self.seen.add(identity)
        unit_id, at = body["data"]["id"], body["timestamp"]
        said = {name: body["data"][name] for name in FIELDS}
        known = self.applied.get(unit_id)
        if known and at < known[0]:
            self.states.append((EventState.IGNORED, None, Reason.STALE))
            return False
        self.applied[unit_id] = (at, said)
        changed = [name for name in FIELDS if known and known[1][name] != said[name]]
        self.changes += [(unit_id, name, known[1][name], said[name]) for name in changed if known]
        outcome = (
            Outcome.CREATED if not known else Outcome.UPDATED if changed else Outcome.UNCHANGED
        )
        self.states.append((EventState.PROCESSED, outcome, None))
        return False


payloads = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["u1", "u2"]),
        "status": st.sampled_from(["vacant", "occupied"]),
        "sqft": st.sampled_from([900, 950, 1_000.5]),
        "bedrooms": st.integers(0, 1),
        "bathrooms": st.just(1),
    }
)


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[dict[str, Any], int | None]]:
    """Bodies in the order of their arrival, with how each is written; retries come late."""
    events = [
        {
            "event": draw(st.sampled_from(["data.new", "data.update"])),
            "timestamp": f"2026-03-25T{draw(st.integers(0, 4)):02}:00:00Z",
            "resource_type": "unit",
            "data": draw(payloads) | {"property_id": "p"},
        }
        for _ in range(draw(st.integers(1, 7)))
    ]
    retries = draw(st.lists(st.sampled_from(events), max_size=4))
    order = draw(st.permutations(events + retries))
    return [(body, draw(st.sampled_from([None, 2]))) for body in order]


@pytest.mark.parametrize("at_once", [False, True], ids=["one-by-one", "all-pending"])
@given(sent=deliveries())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_the_store_is_what_the_model_says(
    module_bench: Bench, at_once: bool, sent: list[tuple[dict[str, Any], int | None]]
) -> None:
    bench, connection = module_bench, f"conn_{next(_connections)}"
    bench.write(register_connection, connection, None)
    bench.write(set_property_state, connection, "p", PropertyState.LINKED)
    model, event_ids = Model(), []
    for body, indent in sent:
        whole = body | {"connection_id": connection}
        reply = bench.post(json.dumps(whole, indent=indent).encode("ascii"))
        assert reply.status == 200
        assert reply.json["duplicate"] is model.deliver(whole)
        if not reply.json["duplicate"]:
            event_ids.append(reply.json["event_id"])
        if not at_once:
            bench.settle()
    mine = [event for event in bench.settle() if event.connection_id == connection]
    assert [event.id for event in mine] == event_ids
    assert [(event.state, event.outcome, event.reason) for event in mine] == model.states
    assert sum(event.deliveries for event in mine) == len(sent)
    only = Filters(connection_id=connection)
    units: list[Unit] = bench.read(list_units, only, limit=0)
    assert {unit.unit_id: {name: getattr(unit, name) for name in FIELDS} for unit in units} == {
        unit_id: said for unit_id, (_, said) in model.applied.items()
    }
    changes = bench.read(list_changes, only, limit=0)[::-1]
    assert [(one.unit_id, one.field, one.old, one.new) for one in changes] == model.changes
