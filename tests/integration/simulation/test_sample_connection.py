"""The samples, and then the sync that refreshes the sample connection from the simulated API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sample_payloads import load
from store.reading.units import changes_of_event, list_units
from store.records import Outcome

if TYPE_CHECKING:
    from tests.conftest import Bench


def test_a_sync_brings_the_whole_building_and_agrees_with_the_samples(bench: Bench) -> None:
    for name in ("data_new_unit", "data_update_unit"):
        bench.deliver(load(name))
    before = {unit.unit_id: unit for unit in bench.read(list_units, limit=0)}
    sync = bench.deliver(load("sync_complete"))
    assert sync.outcome is Outcome.REFRESHED, sync.error
    units = {unit.unit_id: unit for unit in bench.read(list_units, limit=0)}
    assert len(units) == 48
    assert {unit.property_id for unit in units.values()} == {"prop_001"}
    assert sum(unit.lease is not None for unit in units.values()) == 39
    # What the samples told of their unit is what the API lists.
    assert units["unit_xyz789"] == before["unit_xyz789"]
    assert bench.read(changes_of_event, sync.id) == []


def test_the_next_sync_finds_nothing_new(bench: Bench) -> None:
    bench.deliver(load("sync_complete"))
    units = bench.read(list_units, limit=0)
    again = bench.deliver(load("sync_complete"))
    assert again.outcome is Outcome.REFRESHED, again.error
    assert bench.read(changes_of_event, again.id) == []
    assert bench.read(list_units, limit=0) == units
