"""A payload that somebody wrote is checked against the models, and the fault is shown in place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from receiver.contents.payloads import RECORDS
from sample_payloads.catalogue import load_catalogue
from sample_payloads.faults import find_fault, locate
from sample_payloads.schema import build_schema

GOOD: dict[str, Any] = {
    "event": "data.new",
    "timestamp": "2026-03-25T14:30:00Z",
    "connection_id": "conn",
    "resource_type": "unit",
    "data": {"id": "u"},
}
NOT_AS_PUBLISHED = {"data_update_unit_nonsense", "hostile_numbers"}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(build_schema())
    assert json.loads(json.dumps(build_schema())) == build_schema()


@pytest.mark.parametrize("sample", load_catalogue(), ids=lambda sample: sample.name)
def test_every_sample_that_is_accepted_fits_and_no_other(sample: Any) -> None:
    accepted = sample.expect["status"] == 200 and sample.name not in NOT_AS_PUBLISHED
    if sample.name == "refused_too_large":
        return
    assert (find_fault(sample.body) is None) == accepted


def test_every_field_of_the_models_is_in_it() -> None:
    text = json.dumps(build_schema())
    for fields in RECORDS.values():
        assert all(f'"{name}"' in text for name in fields)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"event": 7}, "event is 7, and has to be a string."),
        ({"timestamp": "2026-03-25"}, "timestamp is"),
        ({"data": []}, "data is [], and has to be an object."),
        ({"data": None}, "data is null, and has to be an object."),
        ({"data": {}}, "data.id is missing."),
        ({"data": {"id": ""}}, "data.id is"),
        (
            {"data": {"id": "u", "sqft": "950"}},
            'data.sqft is "950", and has to be a number or null.',
        ),
        ({"data": {"id": "u", "sqft": -1}}, "data.sqft is -1, and has to be at least 0."),
        (
            {"resource_type": "lease", "data": {"id": "l", "start_date": "04/01/2026"}},
            "data.start_date is",
        ),
        (
            {"data": {"id": "u", "current_lease": {"occupant_count": 2.5}}},
            "data.current_lease.occupant_count is 2.5",
        ),
        ({"changes": {"status": "x"}}, "changes.status is"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], sentence: str) -> None:
    fault = find_fault(json.dumps(GOOD | changed).encode())
    assert fault is not None
    assert fault.sentence.startswith(sentence), fault


def test_what_is_missing_is_named() -> None:
    for name in ("event", "timestamp", "connection_id", "resource_type", "data"):
        rest = {key: value for key, value in GOOD.items() if key != name}
        fault = find_fault(json.dumps(rest).encode())
        assert fault is not None
        assert fault.sentence == f"{name} is missing."


def test_the_place_is_told() -> None:
    text = json.dumps(GOOD | {"data": {"id": "u", "note": [1, {"a": "\\"}], "sqft": "x"}}, indent=2)
    fault = find_fault(text.encode())
    assert fault is not None
    line = text.splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith('"x"')
    broken = find_fault(b'{\n  "event": oops\n}')
    assert broken is not None
    assert (broken.line, broken.column) == (2, 12)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("a",), (1, 7)),
        (("a", 0), (1, 8)),
        (("a", 1), (2, 2)),
        (("a", 1, "b"), (2, 8)),
        (("a", 2), (2, 12)),
        (("c",), (2, 23)),
        (("c", "d"), (2, 23)),
    ],
)
def test_places(path: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert locate(b'{"a": [1,\n {"b": 2}, "x"], "c": 3}', path) == place
