"""Every scenario of the program, against a real receiver: it ends as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.sending.simulation_check import StoreCheck
from sample_payloads.simulation.library import load_scenarios
from sample_payloads.simulation.reading import read_scenario
from store.reading.units import list_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Bench

    Play = Callable[..., Any]

_FAST = 1e6
_HEAD = """\
title = "T"

[[buildings]]
connection = "conn_abc123"
property = "prop_001"
units = 2

[[steps]]
change = "import"
"""


def _failures(found: list[Any]) -> list[Any]:
    return [each for each in found if not each.holds]


@pytest.mark.parametrize("name", [each.name for each in load_scenarios()])
def test_a_scenario_ends_as_it_says(bench: Bench, play: Play, name: str) -> None:
    _, report, found = play(bench, name, speed=_FAST)
    assert _failures(found) == []
    assert {"acknowledged and stored", "duplicates"} <= {each.name for each in found}
    assert report.waiting == 0
    assert not report.interrupted


@pytest.mark.parametrize("name", ["lease_life", "month_end_turnover", "duplicate_storm"])
def test_it_does_so_again_and_with_other_people(bench: Bench, play: Play, name: str) -> None:
    for seed in (1, 1, 2):
        _, _, found = play(bench, name, speed=_FAST, seed=seed)
        assert _failures(found) == []


def test_what_is_not_as_expected_is_said(bench: Bench, play: Play) -> None:
    text = _HEAD + "[expect]\nwebhooks = 4\nduplicates = 1\n[expect.events]\nprocessed = 2\n"
    scenario = read_scenario(text.encode(), "x.toml", [])
    _, _, found = play(bench, scenario)
    wrong = {each.name: (each.expected, each.actual) for each in _failures(found)}
    assert wrong == {"webhooks": (4, 3), "duplicates": (1, 0), "events.processed": (2, 3)}


def test_a_unit_that_ends_otherwise_is_named(bench: Bench, play: Play) -> None:
    # The last word on the unit is refused, so the store keeps the one before.
    step = '[[steps]]\nchange = "correct_unit"\nunit = "102"\nset = { sqft = 1234 }\n'
    scenario = read_scenario(
        (_HEAD + step + 'signature = "missing"\nretries = false\n').encode(), "x.toml", []
    )
    simulation, report, found = play(bench, scenario)
    (unit,) = [u for u in bench.read(list_units) if u.unit_number == "102"]
    (wrong,) = _failures(found)
    assert wrong.name == "final_units"
    assert wrong.actual == f"unit 102 has sqft {unit.sqft} for 1234"
    assert (report.given_up, report.refused) == (1, 1)
    assert len(simulation.webhooks) == 4


def test_a_single_unit_is_held_against_what_was_expected_of_it(bench: Bench, play: Play) -> None:
    text = _HEAD + '[[steps]]\nchange = "move_in"\nunit = "102"\noccupants = 3\n'
    expected = 'status = "occupied"\nleased = true\noccupants = {}\nbathrooms = 9.5\n'
    text += '[[expect.units]]\nunit = "102"\n' + expected.format(3)
    text += '[[expect.units]]\nunit = "101"\n' + expected.format(2)
    text += '[[expect.units]]\nunit = "909"\nleased = true\n'
    _, _, found = play(bench, read_scenario(text.encode(), "x.toml", []))
    first, second = sorted(bench.read(list_units), key=lambda unit: unit.unit_number or "")
    assert {each.name: (each.expected, each.actual) for each in _failures(found)} == {
        "units.102.bathrooms": (9.5, second.bathrooms),
        "units.101.status": ("occupied", "vacant"),
        "units.101.leased": (True, False),
        "units.101.occupants": (2, None),
        "units.101.bathrooms": (9.5, first.bathrooms),
        "units.909": ("in the store", "not there"),
    }
    assert {"units.102.status", "units.102.leased"} <= {each.name for each in found}


def test_an_event_out_of_order_is_named(bench: Bench, play: Play) -> None:
    step = '[[steps]]\nchange = "correct_unit"\nunit = "10{}"\nset = {{ sqft = 1234 }}\n'
    text = (
        'while_retrying = "go_on"\n' + _HEAD
        + step.format(1) + "lose_requests = 1\n" + step.format(2)
    )  # fmt: skip
    _, _, found = play(bench, read_scenario(text.encode(), "x.toml", []), speed=600.0)
    (wrong,) = _failures(found)
    assert (wrong.name, wrong.actual) == ("order", "broken: webhook 4 is delivery 5")


def test_a_refusal_for_another_reason_has_no_cause_to_wait_for(bench: Bench, play: Play) -> None:
    step = '[[steps]]\npayload = { event = "data.new", connection_id = "conn_abc123" }\n'
    text = _HEAD + step + "retries = false\n[expect]\ngiven_up = 1\n[expect.answers]\n400 = 1\n"
    _, _, found = play(bench, read_scenario(text.encode(), "x.toml", []))
    assert _failures(found) == []


def test_what_others_send_meanwhile_does_not_count(bench: Bench, play: Play) -> None:
    bench.deliver({"event": "test.ping", "timestamp": "2026-03-25T10:00:00Z", "data": {}})
    text = _HEAD + "[expect.events]\nprocessed = 3\n"
    _, _, found = play(bench, read_scenario(text.encode(), "x.toml", []))
    assert _failures(found) == []


def test_a_receiver_elsewhere_does_not_write_our_store(bench: Bench) -> None:
    assert StoreCheck.begin(bench.settings.db, bench.url) is not None
    assert StoreCheck.begin(bench.settings.db, bench.url + "/elsewhere") is None
    assert StoreCheck.begin(bench.settings.db.with_name("none.db"), bench.url) is None


def test_its_deliveries_are_marked_as_samples(bench: Bench, play: Play) -> None:
    play(bench, "attacker")
    assert {delivery.origin for delivery in bench.deliveries()} == {"sample"}
