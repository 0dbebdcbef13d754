"""JSON is laid out anew without a token of it being written otherwise."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.wording.relaid import on_lines, on_one_line

ODD = '{"a" :1.50, "b\\u0041": [ ], "c":{}, "d": "x : , \\" { ", "e":[1e400,{"f":null}]}\n'


def test_fields_have_lines_and_keep_their_writing() -> None:
    assert (on_lines(ODD) or "").splitlines() == [
        "{",
        '  "a": 1.50,',
        '  "b\\u0041": [],',
        '  "c": {},',
        '  "d": "x : , \\" { ",',
        '  "e": [',
        "    1e400,",
        "    {",
        '      "f": null',
        "    }",
        "  ]",
        "}",
    ]


def test_one_line_has_no_space_but_in_texts() -> None:
    line = '{"a":1.50,"b\\u0041":[],"c":{},"d":"x : , \\" { ","e":[1e400,{"f":null}]}'
    assert on_one_line(ODD) == line
    assert on_one_line(on_lines(ODD) or "") == line


@pytest.mark.parametrize("text", ["", "{", '{"a":1}}', '{"a" 1}', "nothing", '{"a":"b'])
def test_what_is_no_json_is_not_touched(text: str) -> None:
    assert on_lines(text) is None
    assert on_one_line(text) is None


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_only_white_space_ever_changes(value: object, indent: int, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    shortest = json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only)
    lines = on_lines(text)
    assert lines is not None
    assert on_one_line(text) == on_one_line(lines) == shortest
    assert re.sub(r"\s", "", lines) == re.sub(r"\s", "", text)
