from __future__ import annotations

from dataclasses import fields

import pytest

from meterbase_tui.queries.narrowing import (
    ConditionError,
    concerning_records,
    describe_filters,
    list_conditions,
    read_conditions,
)
from store.reading.choices import Choices
from store.reading.filters import EVERYTHING, Filters

CONDITIONS = list_conditions(Choices(events=("data.new",)))
EMPTY = {condition.name: "" for condition in CONDITIONS}
HOSTILE = "[/]\x1b]52;c;x\x07\u202e"


def test_every_condition_of_the_store_can_be_asked_for() -> None:
    not_asked = {"unsigned", "since"}
    assert {field.name for field in fields(Filters)} - not_asked >= set(EMPTY)
    assert {
        "event",
        "state",
        "verdict",
        "connection_id",
        "property_id",
        "unit_id",
        "search",
    } == set(EMPTY)


def test_what_is_empty_is_left_out() -> None:
    assert read_conditions(CONDITIONS, EMPTY) == EVERYTHING
    assert read_conditions(CONDITIONS, EMPTY | {"event": " data.new "}).event == "data.new"


def test_states_and_verdicts_are_taken_as_people_write_them() -> None:
    found = read_conditions(CONDITIONS, EMPTY | {"state": "Failed", "verdict": "not checked"})
    assert (found.state, found.verdict) == ("failed", "not_checked")


@pytest.mark.parametrize("name", ["state", "verdict"])
def test_one_that_there_is_none_of_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(ConditionError, match="Choose") as caught:
        read_conditions(CONDITIONS, EMPTY | {name: "lost"})
    assert caught.value.name == name


def test_a_filter_in_words() -> None:
    assert describe_filters(EVERYTHING) == ""
    found = describe_filters(Filters(event="data.new", unit_id="u1", search="needle"))
    assert found == "event data.new, unit u1, “needle”"
    assert describe_filters(Filters(search=HOSTILE, connection_id=HOSTILE)).isprintable()


def test_records_are_what_changes_know_of() -> None:
    filters = Filters(event="data.new", state="failed", search="x", unit_id="u", property_id="p")
    assert concerning_records(filters) == Filters(unit_id="u", property_id="p")
