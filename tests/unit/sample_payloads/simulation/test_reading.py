"""Scenarios as files: those of the program, and what is said of mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sample_payloads.signatures import Mistake
from sample_payloads.simulation.library import (
    UnknownScenarioError,
    find_scenario,
    load_scenarios,
    scenario_source,
)
from sample_payloads.simulation.reading import read_scenario
from sample_payloads.simulation.scenario import Change, Holding
from sample_payloads.simulation.tables import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

    from sample_payloads.simulation.scenario import Scenario

_HEAD = """\
title = "T"

[[buildings]]
connection = "conn_a"
property = "prop_a"
units = 2

"""
_STEP = '[[steps]]\nchange = "move_in"\n'


def _read(text: str) -> Scenario:
    return read_scenario(text.encode(), "x/mine.toml", ["test_ping"])


def test_there_is_a_scenario_for_what_goes_right_and_wrong() -> None:
    assert {each.name for each in load_scenarios()} >= {
        "lease_life", "month_end_turnover", "first_import", "duplicate_storm",
        "out_of_order_retry", "receiver_down_and_back", "wrong_secret_then_right", "attacker",
        "burst", "unknown_connection",
    }  # fmt: skip
    for each in load_scenarios():
        assert each.title
        assert each.shows.endswith(".")


def test_a_name_may_be_joined_in_any_way_and_a_path_is_a_file(tmp_path: Path) -> None:
    assert find_scenario("Lease-Life").name == find_scenario("lease_life").name == "lease_life"
    copy = tmp_path / "my_own.toml"
    copy.write_bytes(scenario_source("lease_life") or b"")
    assert find_scenario(str(copy)).name == "my_own"
    assert find_scenario(str(copy)).steps == find_scenario("lease_life").steps


_UNIT = '[[expect.units]]\nunit = "101"\n'
_BARE = 'title = "T"\n[[steps]]\nsample = "test_ping"\n'


@pytest.mark.parametrize("name", ["lease_lif", "./lease_life.toml"])
def test_an_unknown_name_says_what_may_have_been_meant(name: str) -> None:
    with pytest.raises(UnknownScenarioError, match="no such file"):
        find_scenario(name)
    with pytest.raises(UnknownScenarioError, match="Did you mean lease_life"):
        find_scenario("lease_lif")


_EVERYTHING = """
[[steps]]
change = "change_occupants"
property = "prop_a"
after = "1.5h"
unit = "101"
occupants = 3
repeat = 2
copies = 4
signature = "missing"
retries = false
lose_requests = 1
lose_answers = 2

[[steps]]
sample = "test_ping"
after = 90
set = { "data.a" = 1 }
remove = ["data.b"]

[expect]
webhooks = 3
duplicates = 1
ordered = false

[expect.answers]
200 = 2
none = 1

[expect.events]
processed = 2
ignored.stale = 1
"""


def test_everything_is_read() -> None:
    scenario = _read(_HEAD + _EVERYTHING)
    first, second = scenario.steps
    assert first.change is Change.CHANGE_OCCUPANTS
    assert (first.after_s, first.unit, first.arguments) == (5_400.0, "101", {"occupants": 3})
    carriage = first.carriage
    assert (carriage.copies, carriage.mistake, carriage.retries) == (4, Mistake.MISSING, False)
    assert (carriage.lose_requests, carriage.lose_answers) == (1, 2)
    assert (second.sample, second.after_s) == ("test_ping", 90.0)
    assert second.edits is not None
    assert second.edits.removals == (("data", "b"),)
    assert second.edits.assignments[0].path == ("data", "a")
    assert scenario.name == "mine"
    assert scenario.while_retrying is Holding.WAIT
    assert scenario.needs == (("conn_a", "prop_a"),)
    assert scenario.expect.answers == {"200": 2, "none": 1}
    assert scenario.expect.events == {"processed": 2, "ignored.stale": 1}
    assert (scenario.expect.webhooks, scenario.expect.given_up) == (3, None)
    assert not scenario.expect.ordered
    assert scenario.expect.final_units


def test_a_building_can_stand_for_several_and_need_not_be_linked() -> None:
    text = _HEAD.replace("units = 2", "units = 2\ncount = 3\nlinked = false") + _STEP.replace(
        '"move_in"', '"import"\nproperty = "prop_a_02"'
    )
    scenario = _read(text)
    assert [each.property_id for each in scenario.buildings] == [
        "prop_a_01", "prop_a_02", "prop_a_03",
    ]  # fmt: skip
    assert scenario.needs == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title =", "x/mine.toml: this is not TOML"),
        ('title = "T"\n', "there are no steps"),
        (_STEP, "'title' is missing"),
        (_HEAD.replace('"T"', '""') + _STEP, "title is '', and must be a text"),
        (_HEAD + "[[steps]]\n", r"step 1 \(line 8\): a step has exactly one of change, sample"),
        (_HEAD + _STEP + 'sample = "test_ping"\n', "exactly one of"),
        (_HEAD + _STEP + _STEP.replace("move_in", "movein"), r"step 2 \(line 10\): change is"),
        (_HEAD + _STEP + "ocupants = 2\n", r"'ocupants' is not known here. Did you mean occupants"),
        (_HEAD + _STEP + "occupants = 0\n", "occupants is 0, and must be a whole number from 1"),
        (_HEAD + _STEP + "occupants = true\n", "occupants is True, and must be a whole number"),
        (_HEAD + _STEP + 'after = "soon"\n', "after is 'soon', and must be seconds, or .* \"5m\""),
        (_HEAD + _STEP + "after = -1\n", "after is -1"),
        (_HEAD + _STEP + 'property = "prop_b"\n', "no building 'prop_b'. Did you mean prop_a"),
        (_HEAD + _STEP + 'connection = "conn_b"\n', "no building is of 'conn_b'"),
        (_HEAD + _STEP + 'signature = "wrong"\n', "signature is 'wrong', and must be one of mis"),
        (_HEAD + _STEP + "set = { sqft = 1 }\n", "'set' is not known here"),
        (_HEAD + '[[steps]]\nsample = "test_pin"\n', "no sample 'test_pin'. Did you mean test_p"),
        (_HEAD + '[[steps]]\nsample = "test_ping"\nset = { "" = 1 }\n', "is not a path"),
        (
            _HEAD + '[[steps]]\nchange = "correct_unit"\nset = { rent = 1 }\n',
            "'set' must name some of bathrooms",
        ),
        (_HEAD.replace("units = 2", "units = 2\noccupied = 3") + _STEP, "3 of 2 units cannot be"),
        (_HEAD.replace("units = 2", "units = 999\ncount = 99") + _STEP, "98,901 units are more"),
        (_HEAD + _HEAD.partition("\n")[2] + _STEP, "prop_a of conn_a is there twice"),
        (_HEAD + "[expect]\nwebhook = 1\n" + _STEP, "expect: 'webhook' is not known here. Did"),
        (_HEAD + '[expect.events]\nprocessed = "1"\n' + _STEP, "must count something"),
        (_HEAD + _STEP + "[[expect.units]]\nleased = true\n", "unit 1: 'unit' is missing"),
        (_HEAD + _STEP + _UNIT, "expect: unit 1: it expects nothing of the unit. Name some of"),
        (_HEAD + _STEP + _UNIT + "sqft = -1\n", "sqft is -1, and must be a number that is not"),
        (_HEAD + _STEP + _UNIT + "rent = 1\n", "'rent' is not known here"),
        (_HEAD + _STEP + _UNIT + 'property = "prop_b"\n', "no building 'prop_b'"),
        (_BARE + _UNIT + "sqft = 1\n", "a unit needs a building"),
        ("speed = 0\n" + _HEAD + _STEP, "speed is 0, and must be a number above 0"),
        ('while_retrying = "x"\n' + _HEAD + _STEP, "must be one of wait, go_on"),
        ("steps = 3\n" + _HEAD, "steps is 3, and must be tables, each begun by"),
        ('title = "T"\n' + _STEP, "a change needs a building"),
    ],
)
def test_a_mistake_names_the_file_the_place_and_the_cure(text: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words) as raised:
        _read(text)
    assert str(raised.value).startswith("x/mine.toml: ")
    assert "?." not in str(raised.value)
