"""Portfolios are the same every time, and what is told of them is what the API lists."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from receiver.judging.envelope import read_envelope
from sample_payloads.catalogue import load_catalogue
from sample_payloads.edits import Timestamps
from sample_payloads.pms.listing import answer_list, answer_one
from sample_payloads.portfolio import (
    Building,
    Office,
    Portfolio,
    Source,
    make_portfolio,
    sample_portfolio,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample_payloads.portfolio.holdings import Apartment
    from sample_payloads.portfolio.webhooks import Payload

CONNECTION, PROPERTY, DAY = "conn_a", "prop_a", date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def _make(units: int = 6, occupied: int = 3, seed: int = 1) -> Portfolio:
    building = Building(
        connection_id=CONNECTION, property_id=PROPERTY, units=units, occupied=occupied
    )
    return make_portfolio([building], seed=seed, day=DAY)


def _open(portfolio: Portfolio) -> Office:
    return Office(portfolio, Source("test"), Timestamps(lambda: NOW))


def _list(portfolio: Portfolio, kind: str) -> list[dict[str, Any]]:
    status, answer = answer_list(portfolio, kind, {"limit": "250", "order-by": "id:asc"})
    assert status == 200
    results: list[dict[str, Any]] = answer["results"]
    return results


def test_the_same_seed_makes_the_same_portfolio_and_another_another() -> None:
    for kind in ("properties", "units", "leases", "residents"):
        assert _list(_make(), kind) == _list(_make(), kind)
        assert _list(_make(), kind) != _list(_make(seed=2), kind)
    assert sample_portfolio().apartments == sample_portfolio().apartments
    assert sample_portfolio().tenancies == sample_portfolio().tenancies


def test_a_building_does_not_depend_on_the_others() -> None:
    other = Building(connection_id=CONNECTION, property_id="prop_b", units=9, occupied=9)
    this = Building(connection_id=CONNECTION, property_id=PROPERTY, units=6, occupied=3)
    both = make_portfolio([other, this], seed=1, day=DAY)
    assert both.apartments_of(CONNECTION, PROPERTY) == _make().apartments_of(CONNECTION, PROPERTY)


def test_the_sample_portfolio_is_as_the_published_examples_leave_it() -> None:
    portfolio = sample_portfolio()
    sync = load_catalogue().find("sync_complete").payload["stats"]
    counts = portfolio.counts("conn_abc123")
    assert {name: sync[name] for name in counts} == counts
    update = load_catalogue().find("data_update_unit").payload
    unit = answer_one(portfolio, "units", update["data"]["id"])[1]["results"]
    lease = answer_one(portfolio, "leases", update["changes"]["current_lease"]["new"])[1]["results"]
    said = update["data"]
    assert (unit["number"], unit["square_feet"]) == (said["unit_number"], said["sqft"])
    assert (unit["bedrooms"], unit["bathrooms"]) == ("2", "1")
    assert (unit["property_id"], unit["is_vacant"]) == (said["property_id"], False)
    assert lease["start_date"][:10] == said["current_lease"]["start_date"]
    assert lease["end_date"][:10] == said["current_lease"]["end_date"]
    assert len(lease["residents_meta_data"]) == said["current_lease"]["occupant_count"]
    assert len(portfolio.apartments_of("conn_abc123", "prop_001")) == 48


def test_a_move_in_is_told_as_the_published_example_tells_it() -> None:
    portfolio = _make(units=1, occupied=0)
    (apartment,) = portfolio.apartments_of(CONNECTION)
    told = _open(portfolio).move_in(apartment, occupants=2)
    kinds = [(each["event"], each["resource_type"]) for each in told]
    assert kinds == [
        ("data.new", "lease"), ("data.new", "resident"), ("data.new", "resident"),
        ("data.update", "lease"), ("data.update", "unit"),
    ]  # fmt: skip
    example = load_catalogue().find("data_update_unit").payload
    assert told[-1].keys() == example.keys()
    assert told[-1]["data"].keys() == example["data"].keys()
    assert told[-1]["data"]["current_lease"].keys() == example["data"]["current_lease"].keys()
    lease_id = told[0]["data"]["id"]
    assert told[-1]["changes"] == {
        "status": {"old": "vacant", "new": "occupied"},
        "current_lease": {"old": None, "new": lease_id},
    }


def test_a_move_out_empties_the_lease() -> None:
    portfolio = _make(units=1, occupied=1)
    (apartment,) = portfolio.apartments_of(CONNECTION)
    lease, unit = _open(portfolio).move_out(apartment)
    assert lease["data"]["status"] == "ended"
    assert lease["changes"]["end_date"]["new"] == "2026-11-27"
    assert unit["data"]["current_lease"] is None
    assert unit["changes"]["current_lease"] == {"old": lease["data"]["id"], "new": None}
    (listed,) = _list(portfolio, "leases")
    assert listed["status_normalized"] == "INACTIVE"
    assert listed["realized_move_out_date"] == "2026-11-27T00:00:00.000Z"


_MOVES: dict[str, tuple[Callable[[Portfolio, Apartment], bool], Any]] = {
    "move_in": (lambda _p, unit: unit.vacant, lambda office, unit, _n: office.move_in(unit)),
    "sign": (lambda _p, unit: unit.vacant, lambda office, unit, _n: office.sign_lease(unit)),
    "cancel": (lambda _p, _unit: True, lambda office, unit, _n: office.cancel_lease(unit)),
    "renew": (lambda _p, unit: not unit.vacant, lambda office, unit, _n: office.renew(unit)),
    "notice": (
        lambda _p, unit: not unit.vacant,
        lambda office, unit, _n: office.give_notice(unit),
    ),
    "move_out": (lambda _p, unit: not unit.vacant, lambda office, unit, _n: office.move_out(unit)),
    "occupants": (
        lambda _p, unit: not unit.vacant,
        lambda office, unit, n: office.change_occupants(unit, n),
    ),
    "correct": (
        lambda _p, _unit: True,
        lambda office, unit, n: office.correct_unit(unit, {"sqft": 500 + n}),
    ),
}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(_MOVES)), st.integers(1, 6)), max_size=40),
    st.integers(0, 2**31),
)
def test_what_was_told_last_is_what_the_api_lists(moves: list[tuple[str, int]], seed: int) -> None:
    portfolio = _make()
    office, chance = _open(portfolio), random.Random(seed)
    told = office.import_all(CONNECTION)
    for name, number in moves:
        possible, make = _MOVES[name]
        units = [each for each in portfolio.apartments_of(CONNECTION) if possible(portfolio, each)]
        if units:
            told += make(office, chance.choice(units), number)
    _check_that_they_agree(portfolio, told)
    stamps = [each["timestamp"] for each in told]
    assert stamps == sorted(set(stamps))
    for each in told:
        assert read_envelope(each).connection_id == CONNECTION


def _check_that_they_agree(portfolio: Portfolio, told: list[Payload]) -> None:
    last = {(each["resource_type"], each["data"]["id"]): each["data"] for each in told}
    for unit in _list(portfolio, "units"):
        said = last["unit", unit["id"]]
        assert said["sqft"] == unit["square_feet"]
        assert str(said["bedrooms"]) == unit["bedrooms"]
        assert (said["status"] == "vacant") is unit["is_vacant"]
    for lease in _list(portfolio, "leases"):
        said = last["lease", lease["id"]]
        assert said["end_date"] == lease["end_date"][:10]
        assert said["occupant_count"] == len(lease["residents_meta_data"])
        assert (said["status"] in ("active", "notice")) is (lease["status_normalized"] == "ACTIVE")
    assert {lease["id"] for lease in _list(portfolio, "leases")} == {
        record_id for kind, record_id in last if kind == "lease"
    }
