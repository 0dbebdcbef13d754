from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.strict_json import InvalidJsonError, identify, parse

SLOW_FOR_OTHERS = {
    "J19-70000-keys": b"{" + b",".join(b'"key-%d":%d' % (i, i) for i in range(40_000)) + b"}",
    "a-long-number": b"9" * (1 << 20),
    "a-long-fraction": b"0." + b"9" * (1 << 20),
    "a-long-exponent": b"1e" + b"9" * (1 << 20),
    "escaped-backslashes": b'"' + b"\\\\" * (1 << 19) + b'"',
    "escaped-quotes-not-closed": b"[" * 70 + b'"' + b'\\"' * (1 << 19),
    "quotes": b'"' * (1 << 20),
    "brackets": b"[" * (1 << 20),
    "brackets-in-a-text": b'"' + b"[" * (1 << 20) + b'"',
    "empty-arrays": b"[" + b"[]," * 340_000 + b"[]]",
    "surrogates": b'"' + b"\\ud83d\\ude00" * 87_000 + b'"',
    "white-space": b" " * (1 << 20),
}


@pytest.mark.parametrize("body", SLOW_FOR_OTHERS.values(), ids=SLOW_FOR_OTHERS)
def test_a_mebibyte_is_read_or_refused_in_bounded_time(body: bytes) -> None:
    started = time.thread_time()
    with suppress(InvalidJsonError):
        identify(parse(body))
    # 0.4 s at most; the time of this thread, so that other programs do not count.
    assert time.thread_time() - started < 2.5


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    try:
        parse(body)
    except InvalidJsonError:
        return
    json.loads(body.decode("utf-8"))


FRAGMENTS = b'{ } [ ] " : , \\ \\u d83d ude00 1 e9 - . NaN null true \xff \xc3\xa9 "a"'.split()
fragments = st.sampled_from([*FRAGMENTS, b" ", b"\n"])


@given(st.lists(fragments, max_size=40).map(b"".join))
def test_no_tokens_raise_anything_else(body: bytes) -> None:
    try:
        parse(body)
    except InvalidJsonError:
        return
    json.loads(body.decode("utf-8"))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | texts | numbers
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any, draw: st.DataObject) -> Any:
    """The same value with its keys in another order, at every level."""
    if isinstance(value, dict):
        names = draw.draw(st.permutations(list(value)))
        return {name: shuffled(value[name], draw) for name in names}
    return [shuffled(item, draw) for item in value] if isinstance(value, list) else value


@given(values, st.data(), st.booleans(), st.sampled_from([None, 1, 4, "\t"]))
def test_identity_depends_on_what_is_said_not_on_how(
    value: Any, data: st.DataObject, ascii_only: bool, indent: int | str | None
) -> None:
    one = json.dumps(value).encode("utf-8")
    other = json.dumps(shuffled(value, data), ensure_ascii=ascii_only, indent=indent).encode(
        "utf-8"
    )
    assert parse(one) == parse(other)
    assert identify(parse(one)) == identify(parse(other))


@given(values, values)
def test_identity_tells_values_apart(one: Any, other: Any) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (identify(one) == identify(other)) is same


def test_identity_tells_types_apart() -> None:
    texts = [
        b"1",
        b"1.0",
        b"true",
        b'"1"',
        b"null",
        b'"null"',
        b"[]",
        b"{}",
        b'""',
        b"[[]]",
        b"[null]",
    ]
    assert len({identify(parse(text)) for text in texts}) == len(texts)
