"""A payload that somebody wrote is checked against the models, and the fault is shown in place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from receiver.contents.payloads import RECORDS
from sample_payloads.catalogue import load_catalogue
from sample_payloads.faults import find_fault, locate
from sample_payloads.schema import FORMS, build_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        ({"event": 7}, "event has to be a string, and is 7."),
        (
            {"timestamp": "2026-03-25"},
            "timestamp has to be a time with a zone, like 2026-04-01T12:00:00Z, and is",
        ),
        ({"data": []}, "data has to be an object, and is []."),
        ({"data": None}, "data has to be an object, and is null."),
        ({"data": {}}, "data.id is missing."),
        ({"data": {"id": ""}}, "data.id must not be empty"),
        (
            {"data": {"id": "u", "sqft": "950"}},
            'data.sqft has to be a number or null, and is "950".',
        ),
        ({"data": {"id": "u", "sqft": -1}}, "data.sqft has to be at least 0, and is -1."),
        (
            {"resource_type": "lease", "data": {"id": "l", "start_date": "04/01/2026"}},
            "data.start_date has to be a date like 2026-04-01, and is",
        ),
        (
            {"data": {"id": "u", "current_lease": {"occupant_count": 2.5}}},
            "data.current_lease.occupant_count has to be an integer or null, and is 2.5",
        ),
        ({"changes": {"status": "x"}}, "changes.status has to be an object"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], sentence: str) -> None:
    fault = find_fault(json.dumps(GOOD | changed).encode())
    assert fault is not None
    assert fault.sentence.startswith(sentence), fault


def test_every_word_of_the_schema_has_a_sentence() -> None:
    for changed, what in (
        ({"event": "x y"}, "event has to be 1 to 64 letters, digits, dots, dashes and underscores"),
        ({"connection_id": "c" * 257}, "connection_id must not be longer than 256 characters"),
        ({"connection_id": ""}, "connection_id must not be empty"),
        ({"data": {"id": "u", "sqft": 1e9}}, "data.sqft has to be at most 10,000,000"),
    ):
        fault = find_fault(json.dumps(GOOD | changed).encode())
        assert fault is not None
        assert fault.sentence.startswith(what), fault
    told = {"type", "minimum", "maximum", "pattern", "minLength", "maxLength", "required"}
    asked = set(demands(build_schema()))
    assert {word for word, _ in asked} == told
    assert {str(value) for word, value in asked if word == "pattern"} == set(FORMS)


def demands(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every word of a schema by which a value can fail, and what it asks for."""
    for word, value in schema.items():
        match word:
            case "properties":
                for each in value.values():
                    yield from demands(each)
            case "then" | "else" | "additionalProperties":
                yield from demands(value)
            case "allOf":
                for each in value:
                    yield from demands(each)
            case "$schema" | "title" | "description" | "if":
                pass
            case _:
                yield word, str(value)


def test_whoever_sees_the_line_reads_the_name_of_the_field_alone() -> None:
    terms = {"id": "u", "current_lease": {"occupant_count": "three"}}
    fault = find_fault(json.dumps(GOOD | {"data": terms}).encode())
    assert fault is not None
    assert fault.brief == 'occupant_count has to be an integer or null, and is "three".'
    broken = find_fault(b"[")
    assert broken is not None
    assert broken.brief == broken.sentence


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
