"""Any sequence of deliveries, repeated and late: the store is what a pure model says it is."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.connections import register_connection, set_property_state
from store.reading.filters import Filters
from store.reading.units import list_changes, list_units
from store.records import PropertyState
from tests.stand_ins.model import FIELDS, Model

if TYPE_CHECKING:
    from store.records import Unit
    from tests.conftest import Bench

_connections = itertools.count(1)


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
    assert [(event.state, event.outcome, event.reason) for event in mine] == model.ends
    assert [event.deliveries for event in mine] == model.deliveries
    only = Filters(connection_id=connection)
    units: list[Unit] = bench.read(list_units, only, limit=0)
    assert {unit.unit_id: {name: getattr(unit, name) for name in FIELDS} for unit in units} == {
        unit_id: said for (_, unit_id), (_, said) in model.applied.items()
    }
    changes = bench.read(list_changes, only, limit=0)[::-1]
    assert [(one.unit_id, one.field, one.old, one.new) for one in changes] == model.changes
