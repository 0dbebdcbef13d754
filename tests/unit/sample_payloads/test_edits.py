"""Edits of a payload."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_payloads.edits import (
    Assignment,
    EditError,
    Edits,
    Timestamps,
    apply,
    edit_body,
    parse_assignment,
    parse_path,
    stamp,
    to_bytes,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("changes", ("changes",)),
        ("data.current_lease.occupant_count", ("data", "current_lease", "occupant_count")),
        (r"data.a\.b", ("data", "a.b")),
        (r"a\\.b", ("a\\", "b")),
        ("data.é", ("data", "é")),
        ("a.0", ("a", "0")),
    ],
)
def test_a_path_is_names_joined_by_dots(text: str, path: tuple[str, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a\\"])
def test_a_path_has_no_empty_names(text: str) -> None:
    with pytest.raises(EditError, match=r"data\.status"):
        parse_path(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("data.status=vacant", "vacant"),
        ("data.sqft=951", 951),
        ("data.sqft=951.5", 951.5),
        ("data.current_lease=null", None),
        ("data.current_lease={}", {}),
        ('data.unit_number="305"', "305"),
        ("data.x=a=b", "a=b"),
        ("data.x=", ""),
        ("data.x=NaN", "NaN"),
        ("data.x=1e999", "1e999"),
        ('data.x={"a":1,"a":2}', '{"a":1,"a":2}'),
        ("data.x=[1,", "[1,"),
    ],
)
def test_a_value_is_json_or_else_text(text: str, value: object) -> None:
    assert parse_assignment(text).value == value


def test_without_an_equals_sign_it_is_no_assignment() -> None:
    with pytest.raises(EditError, match="PATH=VALUE"):
        parse_assignment("data.status")


def _edit(payload: object, *texts: str, remove: tuple[str, ...] = ()) -> object:
    edits = Edits(tuple(map(parse_assignment, texts)), tuple(map(parse_path, remove)))
    return json.loads(edit_body(json.dumps(payload).encode(), edits))


def test_fields_are_set_made_and_removed() -> None:
    payload = {"data": {"id": "u", "old": 1, "lease": None}, "changes": {}}
    edited = _edit(
        payload,
        "data.id=v",
        "data.lease.occupant_count=3",
        "new.deep=true",
        remove=("changes", "data.old"),
    )
    assert edited == {"data": {"id": "v", "lease": {"occupant_count": 3}}, "new": {"deep": True}}


def test_removals_come_first() -> None:
    assert _edit({"data": {"a": 1, "b": 2}}, "data.c=3", remove=("data",)) == {"data": {"c": 3}}


def test_lists_are_reached_by_place_and_grow_at_their_end() -> None:
    payload = {"tags": ["a", {"b": 1}]}
    assert _edit(payload, "tags.0=x", "tags.1.b=2", "tags.2=y") == {"tags": ["x", {"b": 2}, "y"]}
    assert _edit(payload, remove=("tags.0",)) == {"tags": [{"b": 1}]}


@pytest.mark.parametrize("path", ["a.b", "tags.9", "tags.x", "tags.-1", "missing.deep", "text.0"])
def test_what_is_not_there_cannot_be_removed(path: str) -> None:
    with pytest.raises(EditError, match="There is no"):
        _edit({"a": 1, "tags": ["a"], "text": "abc"}, remove=(path,))


@pytest.mark.parametrize("text", ["a.b=1", "tags.9=1", "tags.x=1", "text.0=1", "tags.5.x=1"])
def test_there_is_no_place_inside_of_a_plain_value(text: str) -> None:
    with pytest.raises(EditError, match="There is no"):
        _edit({"a": 1, "tags": ["a"], "text": "abc"}, text)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"x"', b"{", b'{"a":NaN}', b'{"a":1,"a":2}', b"\xff"]
)
def test_what_is_no_object_is_sent_as_it_is_or_refused(body: bytes) -> None:
    assert edit_body(body, Edits(), "2026-01-01T00:00:00Z") is body
    with pytest.raises(EditError, match="not a JSON object"):
        edit_body(body, Edits(removals=(("a",),)))


def test_a_timestamp_is_freshened_where_there_is_one_and_nobody_set_it() -> None:
    fresh = "2026-06-01T00:00:00.000001Z"
    assert edit_body(b'{ "timestamp": "old", "a": 1 }', Edits(), fresh) == (
        b'{"timestamp":"2026-06-01T00:00:00.000001Z","a":1}'
    )
    assert edit_body(b'{ "a": 1 }', Edits(), fresh) == b'{ "a": 1 }'
    mine = Edits((parse_assignment("timestamp=mine"),))
    assert edit_body(b'{"timestamp":"old"}', mine, fresh) == b'{"timestamp":"mine"}'
    gone = Edits(removals=(("timestamp",),))
    assert edit_body(b'{"timestamp":"old"}', gone, fresh) == b"{}"


def test_without_edits_and_timestamp_the_bytes_stay() -> None:
    body = b'{ "timestamp" : "old" }\n'
    assert edit_body(body, Edits()) is body


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"a":1.50, "timestamp" : "x" }\n', '{"a":1.50, "timestamp" : "NOW" }\n'),
        ('{"d":{"timestamp":"x"},"timestamp":7}', '{"d":{"timestamp":"x"},"timestamp":"NOW"}'),
        ('{"t":"\\"timestamp\\":","timesta\\u006dp":null}', None),
        ('{"v":["timestamp",{"timestamp":1}],"w":"timestamp"}', ""),
        ('{"timestamp":{"a":1}}', ""),
        ('["timestamp"]', ""),
        ("{", ""),
    ],
)
def test_a_stamp_changes_nothing_else(before: str, after: str | None) -> None:
    expected = before.replace("null", '"NOW"') if after is None else after or before
    assert stamp(before.encode(), "NOW").decode() == expected


def test_what_cannot_be_utf8_is_refused() -> None:
    with pytest.raises(EditError, match="surrogate"):
        to_bytes("\ud800")


def test_timestamps_are_never_equal_even_when_the_clock_stands_still() -> None:
    noon = datetime(2026, 3, 25, 12, tzinfo=UTC)
    times = iter([noon, noon, noon.replace(hour=11), noon.replace(hour=13)])
    stamps = Timestamps(lambda: next(times))
    assert [stamps.next() for _ in range(4)] == [
        "2026-03-25T12:00:00.000000Z",
        "2026-03-25T12:00:00.000001Z",
        "2026-03-25T12:00:00.000002Z",
        "2026-03-25T13:00:00.000000Z",
    ]


def test_the_payload_that_is_edited_stays_as_it_was() -> None:
    payload = {"data": {"tags": ["a"], "x": 1}}
    edits = Edits((parse_assignment("data.tags.0=b"),), (("data", "x"),))
    assert apply(payload, edits) == {"data": {"tags": ["b"]}}
    assert payload == {"data": {"tags": ["a"], "x": 1}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), JSON), st.lists(st.text(min_size=1), min_size=1), JSON)
def test_what_was_set_is_there_or_the_edit_was_refused(
    payload: dict[str, object], path: list[str], value: object
) -> None:
    before = json.dumps(payload)
    try:
        edited: object = apply(payload, Edits((Assignment(tuple(path), value),)))  # type: ignore[arg-type]
    except EditError:
        edited = None
    assert json.dumps(payload) == before
    for step in path if edited is not None else ():
        edited = edited[int(step)] if isinstance(edited, list) else edited[step]  # type: ignore[index]
    assert edited is None or edited == value
