"""Two JSON values, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.contents.comparison import MOST, compare_json
from sample_payloads.edits import Assignment, Edits, apply, parse_path

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab.\\", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab.\\", max_size=3), inner)
    ),
    max_leaves=12,
)


def told(before: Any, after: Any) -> list[tuple[str, str, Any, Any]]:
    return [(d.path, d.kind.value, d.before, d.after) for d in compare_json(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 950}, {"a": 950.0}, []),
        ({"a": 1}, {"a": True}, [("a", "changed", 1, True)]),
        ({"a": None}, {}, [("a", "removed", None, None)]),
        ({}, {"a": None}, [("a", "added", None, None)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "changed", 1, 2)]),
        ({"a": {"b": 1}}, {"a": 7}, [("a", "changed", {"b": 1}, 7)]),
        ({"a.b": 1}, {"a.b": 2}, [("a\\.b", "changed", 1, 2)]),
        ([1, 2, 3], [1, 3], [("1", "removed", 2, None)]),
        ([1, 3], [1, 2, 3], [("1", "added", None, 2)]),
        ([{"id": 1, "x": 1}], [{"id": 1, "x": 2}], [("0.x", "changed", 1, 2)]),
        (1, 2, [("", "changed", 1, 2)]),
    ],
)
def test_what_differs(before: Any, after: Any, found: list[Any]) -> None:
    assert told(before, after) == found


@given(JSON, JSON)
def test_nothing_differs_exactly_if_they_are_equal(before: Any, after: Any) -> None:
    assert compare_json(before, before) == ()
    assert (compare_json(before, after) == ()) == _alike(before, after)


def _alike(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_alike(before[k], after[k]) for k in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_alike, before, after))
    return type(before) is type(after) and bool(before == after)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers() | st.text(max_size=3)))
def test_changes_of_an_object_can_be_made_by_hand(after: dict[str, Any]) -> None:
    """Every path is one that `--set` and `--remove` take."""
    before: dict[str, Any] = {"a": 1, "b": "x", "c": None}
    found = compare_json(before, after)
    edits = Edits(
        tuple(Assignment(parse_path(d.path), d.after) for d in found if d.kind != "removed"),
        tuple(parse_path(d.path) for d in found if d.kind == "removed"),
    )
    assert apply(before, edits) == after


def test_much_is_bounded() -> None:
    before, after = list(range(30_000)), list(range(1, 30_001))
    assert len(compare_json(before, after)) == MOST
