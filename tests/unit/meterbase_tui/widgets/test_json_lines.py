from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.json_lines import JsonLines

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
NEARLY_JSON = st.text(st.sampled_from('{}[]",:0123.-eEtruefalsn \n\\u/b\t\x01ä'), max_size=14)


def walk(text: str, *, complete: bool = True) -> tuple[list[tuple[int, str]], JsonLines]:
    lines: list[tuple[int, str]] = []
    walker = JsonLines(
        text, complete=complete, emit=lambda depth, line: lines.append((depth, line))
    )
    walker.walk()
    return lines, walker


def tokens(text: str) -> list[str]:
    """The same text without white space between tokens: another tokenizer than the code's."""
    return re.findall(r'"(?:\\.|[^"\\])*(?:"|\\?$)|[-+.\w]+|[^\s"]', text)


def reads(text: str) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


@given(JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_token_stays_as_it_was_sent(
    value: object, indent: int | str | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    lines, walker = walk(text)
    assert walker.problem is None
    assert walker.end == len(text)
    assert tokens("".join(line for _, line in lines)) == tokens(text)
    standard = json.dumps(value, indent=2, ensure_ascii=ascii_only)
    assert "\n".join(" " * 2 * depth + line for depth, line in lines) == standard


@given(NEARLY_JSON)
def test_a_problem_is_seen_exactly_where_a_reader_refuses(text: str) -> None:
    _, walker = walk(text)
    assert (walker.problem is None) == reads(text)


@given(NEARLY_JSON, st.booleans())
def test_lines_and_rest_are_the_whole_text(text: str, complete: bool) -> None:
    lines, walker = walk(text, complete=complete)
    shown = "".join(line for _, line in lines)
    assert "".join((shown + text[walker.end :]).split()) == "".join(text.split())


@given(JSON, st.data())
def test_the_beginning_of_json_has_no_problem_and_no_half_number(
    value: object, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=data.draw(st.sampled_from([None, 1])))
    part = text[: data.draw(st.integers(0, len(text)))]
    lines, walker = walk(part, complete=False)
    assert walker.problem is None
    rest = part[walker.end :]
    assert re.fullmatch(r"\s*[-+.\w]*", rest)
    shown = "".join(line for _, line in lines)
    whole = "".join(line for _, line in walk(text)[0])
    assert whole.startswith(shown)
    if not (shown and tokens(shown)[-1].startswith('"')):
        assert tokens(whole)[: len(tokens(shown))] == tokens(shown)


@pytest.mark.parametrize(
    ("text", "shown", "problem"),
    [
        ('{"a":950.0,"a":1E400}', ["{", '"a": 950.0,', '"a": 1E400', "}"], None),
        ("[[],{}]", ["[", "[],", "{}", "]"], None),
        ("9007199254740993", ["9007199254740993"], None),
        ('{"a":1,,"b"}', ["{", '"a": 1,'], "a name in quotes is expected"),
        ("[1 2]", ["[", "1"], "a comma or a closing bracket is expected"),
        ("[1}", ["[", "1"], "a comma or a closing bracket is expected"),
        ('{"a" 1}', ["{", '"a"'], "a colon is expected"),
        ("{1:2}", ["{"], "a name in quotes or } is expected"),
        ("[01]", ["[", "0"], "a comma or a closing bracket is expected"),
        ("[NaN]", ["["], "a value or ] is expected"),
        ("[1]]", ["[", "1", "]"], "nothing more is expected"),
        ("[1,", ["[", "1,"], "a value is expected, and the text ends"),
        ('"a\nb"', [], "a value is expected"),
        ('"\\x41"', [], "a value is expected"),
        ("hello", [], "a value is expected"),
        ("", [], "a value is expected, and the text ends"),
    ],
)
def test_what_is_shown_and_said(text: str, shown: list[str], problem: str | None) -> None:
    lines, walker = walk(text)
    assert [line for _, line in lines] == shown
    assert walker.problem == problem


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ('{"sqft": 95', ["{", '"sqft": ']),
        ('{"sqft": 95.', ["{", '"sqft": ']),
        ('{"sqft": 95.0e+', ["{", '"sqft": ']),
        ('{"note": "half a str', ["{", '"note": "half a str']),
        ('{"note": "half \\u00', ["{", '"note": "half \\u00']),
        ('{"ok": tr', ["{", '"ok": ']),
        ('{"na', ["{", '"na']),
        ("[1, 2, ", ["[", "1,", "2,"]),
    ],
)
def test_a_beginning_ends_where_a_token_ends(part: str, shown: list[str]) -> None:
    lines, walker = walk(part, complete=False)
    assert [line for _, line in lines] == shown
    assert walker.problem is None


def test_nesting_without_end_costs_no_stack() -> None:
    lines, walker = walk("[" * 200_000 + "]" * 200_000)
    assert walker.problem is None
    assert lines[-1] == (0, "]")
    assert max(depth for depth, _ in lines) == 199_999
