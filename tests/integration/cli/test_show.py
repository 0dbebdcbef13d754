"""`show`: everything that is known of one thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Inside = Callable[..., Any]


def test_a_delivery_is_shown_whole(inside: Inside, store: Path) -> None:
    found = inside("show", "delivery", 3, "--db", store, "--json").document
    assert (found["id"], found["verdict"], found["event"]) == (3, "valid", "data.update")
    assert json.loads(found["body"])["data"]["status"] == "occupied"
    assert found["headers"][0] == ["Host", "name.ngrok-free.app"]
    assert found["headers"][2][1].startswith("sha256=")
    assert found["processing"]["outcome"] == "updated"
    assert [change["field"] for change in found["changes"]] == ["status"]
    assert [notice["kind"] for notice in found["notifications"]] == ["rubs"]
    assert [delivery["id"] for delivery in found["delivered"]] == [3]


def test_a_repetition_tells_of_its_event(inside: Inside, store: Path) -> None:
    found = inside("show", "delivery", 4, "--db", store, "--json").document
    assert (found["event_id"], found["duplicate"]) == (2, True)
    assert found["processing"]["id"] == 2
    assert [delivery["id"] for delivery in found["delivered"]] == [2, 4]


def test_a_refused_one_has_no_processing(inside: Inside, store: Path) -> None:
    found = inside("show", "delivery", 5, "--db", store, "--json").document
    assert found["processing"] is None
    assert found["body"] is None
    assert found["body_base64"]
    assert found["body_complete"] is True


def test_an_event_and_a_unit_are_shown_whole(inside: Inside, store: Path) -> None:
    event = inside("show", "event", 2, "--db", store, "--json").document
    assert (event["deliveries"], event["state"]) == (2, "processed")
    assert [delivery["id"] for delivery in event["delivered"]] == [2, 4]
    for name in ("unit_xyz789", "305"):
        unit = inside("show", "unit", name, "--db", store, "--json").document
        assert (unit["unit_id"], unit["status"]) == ("unit_xyz789", "occupied")
        assert [change["field"] for change in unit["changes"]] == ["status"]
        assert [event["id"] for event in unit["events"]] == [3, 2]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("delivery", 3), ("delivery", 5), ("delivery", 7), ("event", 6), ("unit", "305")],
)
def test_people_read_it_without_a_terminal_being_acted_on(
    inside: Inside, store: Path, kind: str, name: object
) -> None:
    ended = inside("show", kind, name, "--db", store)
    assert (ended.code, ended.err) == (0, "")
    assert all(line.isprintable() for line in ended.out.split("\n"))


def test_a_body_is_indented_where_it_is_json_and_else_shown_as_it_came(
    inside: Inside, store: Path
) -> None:
    out = inside("show", "delivery", 3, "--db", store).out
    assert '      "status": "occupied",' in out
    assert "● RUBS" in out
    assert "Changes" in out
    forged = inside("show", "delivery", 5, "--db", store).out
    assert '{"forged":"\\xff\\x1b]0;owned\\x07"}' in forged
    assert "X-Odd: caf\\xe9\\x1b[2J" in forged


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("delivery", "99", 4),
        ("event", "99", 4),
        # A repetition is a delivery and no event.
        ("event", "4", 4),
        ("unit", "99", 4),
        ("delivery", "x", 2),
        ("delivery", "-1", 2),
        ("delivery", "9" * 30, 2),
        ("lease", "1", 2),
    ],
)
def test_what_is_not_there(inside: Inside, store: Path, kind: str, name: str, code: int) -> None:
    ended = inside("show", kind, name, "--db", store)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.count("\n") == 1
