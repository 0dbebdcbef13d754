"""`rubs`, `leases`, `residents`: a building of four units, told by events."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from receiver.operations import perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.records import Event
    from tests.conftest import Bench

    Inside = Callable[..., Any]


def tell(bench: Bench, resource_type: str, data: dict[str, Any], hour: int = 12) -> Event:
    return bench.deliver(
        {
            "event": "data.update",
            "timestamp": f"2026-03-25T{hour:02}:00:00Z",
            "connection_id": "conn_abc123",
            "resource_type": resource_type,
            "data": {"property_id": "prop_001"} | data,
        }
    )


def unit(number: int, status: str, occupants: int | None, sqft: int = 900) -> dict[str, Any]:
    lease = None if occupants is None else {"id": f"l{number}", "occupant_count": occupants}
    named = {"id": f"u{number}", "unit_number": str(number), "bedrooms": 2}
    return named | {"status": status, "sqft": sqft, "current_lease": lease}


@pytest.fixture
def building(bench: Bench) -> Bench:
    tell(bench, "unit", unit(1, "occupied", 1))
    tell(bench, "unit", unit(2, "occupied", 2))
    tell(bench, "unit", unit(3, "occupied", 3))
    tell(bench, "unit", unit(10, "vacant", None))
    return bench


def db(bench: Bench) -> Path:
    return bench.settings.db


def shares(document: Any) -> dict[str, str]:
    return {each["unit_id"]: each["share"] for each in document["shares"]}


def test_a_bill_is_divided_exactly(inside: Inside, building: Bench) -> None:
    found = inside("rubs", "prop_001", "--db", db(building), "--bill", "100", "--json").document
    assert shares(found) == {"u1": "1/6", "u2": "1/3", "u3": "1/2"}
    assert [each["amount"] for each in found["shares"]] == ["16.67", "33.33", "50.00"]
    assert sum(Fraction(each["share"]) for each in found["shares"]) == 1
    assert [(each["unit_id"], each["reason"]) for each in found["left_out"]] == [
        ("u10", "is vacant")
    ]
    assert (found["method"], found["vacant"], found["complete"], found["bill"]) == (
        "occupants",
        "excluded",
        True,
        "100.00",
    )


def test_the_method_and_who_pays_can_be_chosen(inside: Inside, building: Bench) -> None:
    chosen = ("--method", "sqft", "--vacant", "owner")
    found = inside("rubs", "prop_001", "--db", db(building), *chosen, "--json").document
    assert set(shares(found).values()) == {"1/4"}
    assert [each["payer"] for each in found["shares"]] == ["resident"] * 3 + ["owner"]
    set_before = inside(
        "rubs", "prop_001", "--db", db(building), "--json", METERBASE_RUBS_METHOD="bedrooms"
    ).document
    assert set(shares(set_before).values()) == {"1/3"}


def test_before_and_after_an_event(inside: Inside, building: Bench) -> None:
    event = tell(building, "unit", unit(1, "occupied", 3), hour=13)
    tell(building, "unit", unit(2, "occupied", 5), hour=14)
    told = inside("notifications", "--db", db(building), "--json").lines[1]
    assert told["text"] == (
        "Unit 1: occupants 1 → 3. Divided by occupants, 10.4 points less for each of its 2 "
        "neighbours on average"
    )
    found = inside("rubs", "prop_001", "--db", db(building), "--event", event.id, "--json").document
    by_unit = {each["unit_id"]: (each["before"], each["share"]) for each in found["shares"]}
    assert by_unit == {"u1": ("1/6", "3/8"), "u2": ("1/3", "1/4"), "u3": ("1/2", "3/8")}
    assert found["effect"]["neighbours"] == 2
    assert found["effect"]["average_points"] == pytest.approx(-10.416667)
    none = inside("rubs", "prop_001", "--db", db(building), "--event", 999, "--json").document
    assert none["effect"] is None
    assert shares(none) == {"u1": "3/11", "u2": "5/11", "u3": "3/11"}


def test_what_is_missing_is_said_and_not_guessed(inside: Inside, building: Bench) -> None:
    tell(building, "unit", unit(4, "occupied", None))
    ended = inside("rubs", "prop_001", "--db", db(building))
    assert ended.code == 0
    assert "lacks its occupants: 4" in ended.out
    assert "is vacant: 10" in ended.out
    assert "too high" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere",), 4, "There is no property nowhere"),
        (("prop_001", "--connection", "other"), 4, "There is no property"),
        (("prop_001", "--method", "magic"), 2, "magic"),
        (("prop_001", "--bill", "12.345"), 2, "must be an amount"),
        (("prop_001", "--bill", "-1"), 2, "must be an amount"),
        (("prop_001", "--event", "0"), 2, "--event"),
    ],
)
def test_mistakes(
    inside: Inside, building: Bench, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended = inside("rubs", *arguments, "--db", db(building))
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err


def test_one_id_in_two_connections_is_asked_about(inside: Inside, building: Bench) -> None:
    building.write(
        perform, "link_property", {"connection_id": "conn_two", "property_id": "prop_001"}
    )
    ended = inside("rubs", "prop_001", "--db", db(building))
    assert (ended.code, "--connection" in ended.err) == (2, True)


def test_leases_and_residents_are_listed(inside: Inside, building: Bench) -> None:
    lease = {"id": "l9", "unit_id": "u1", "status": "active", "occupant_count": 2}
    tell(building, "lease", lease | {"start_date": "2026-01-01", "end_date": None})
    tell(building, "resident", {"id": "r1", "lease_id": "l9", "name": "Ann \x1b[31m"})
    [found] = inside("leases", "--db", db(building), "--unit", "1", "--json").lines
    assert (found["lease_id"], found["unit_id"], found["occupant_count"]) == ("l9", "u1", 2)
    assert inside("leases", "--db", db(building), "--search", "nothing", "--json").lines == []
    [resident] = inside("residents", "--db", db(building), "--json").lines
    assert (resident["resident_id"], resident["name"]) == ("r1", "Ann \x1b[31m")
    for name in ("leases", "residents", "refreshes"):
        ended = inside(name, "--db", db(building))
        assert ended.code == 0
        assert all(line.isprintable() for line in ended.out.split("\n"))


def test_a_unit_says_where_it_stands(inside: Inside, building: Bench) -> None:
    later = unit(7, "occupied", 2)
    later["current_lease"]["start_date"] = "2999-01-01"
    tell(building, "unit", later)
    [found] = inside("units", "--db", db(building), "--unit", "7", "--json").lines
    assert (found["occupancy"], found["status_known"]) == ("occupied", True)
    assert found["standing"] == "occupied by status, leased from 2999-01-01"
    assert found["standing"] in inside("show", "unit", "7", "--db", db(building)).out
    tell(building, "unit", {"id": "u7", "status": "flooded"}, hour=13)
    [strange] = inside("units", "--db", db(building), "--unit", "7", "--json").lines
    assert (strange["status"], strange["occupancy"], strange["status_known"]) == (
        "flooded",
        "occupied",
        False,
    )
    newest = inside("notifications", "--db", db(building), "--json").lines[0]
    assert "none that is known: it counts as occupied as before" in newest["text"]
