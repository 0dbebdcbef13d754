from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from receiver.judging import strict_json
from receiver.judging.strict_json import InvalidJsonError, identify, parse, reread

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


def read_carefully(body: bytes) -> tuple[Any, bytes] | None:
    """What our own reading gives, without the faster one; None when it refuses."""
    try:
        value = strict_json._read_carefully(body)
    except InvalidJsonError:
        return None
    return value, identify(value)


def read_as_usual(body: bytes) -> tuple[Any, bytes] | None:
    try:
        return strict_json.read(body)
    except InvalidJsonError:
        return None


plain_texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='"\\'), max_size=9
)
written_numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,21})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
)
written = st.recursive(
    written_numbers
    | st.sampled_from(["null", "true", "-0", "1.0", "18446744073709551616"])
    | plain_texts.map(lambda text: f'"{text}"'),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda some: f"[{' ,'.join(some)}]")
        | st.lists(st.tuples(st.sampled_from(["a", "b", ":", "é", "B"]), inner), max_size=4).map(
            lambda pairs: "{" + ", ".join(f'"{name}": {value}' for name, value in pairs) + "}"
        )
    ),
    max_leaves=10,
)


@settings(max_examples=300)
@given(written | written_numbers)
@example('{"a":1,"a":1}')
@example('{"a":{"b":":"},"a":":"}')
@example("[1e16,1e-5,0.00001,123456789012345678901,1.7976931348623157e309]")
def test_the_faster_reading_gives_what_the_careful_one_gives(text: str) -> None:
    body = text.encode("utf-8")
    assert repr(read_as_usual(body)) == repr(read_carefully(body))


@given(value=values, ascii_only=st.booleans(), compact=st.booleans())
def test_whatever_writes_a_value_it_is_read_alike(
    value: Any, ascii_only: bool, compact: bool
) -> None:
    separators = (",", ":") if compact else None
    body = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode("utf-8")
    assert repr(read_as_usual(body)) == repr(read_carefully(body))


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":1}', b'{"a":1,"a":2,"b":":"}', b'{"\\u003a":1,"a":2,"a":3}']
)
def test_a_key_that_occurs_twice_is_seen_by_the_faster_reading_too(body: bytes) -> None:
    with pytest.raises(InvalidJsonError, match="twice"):
        strict_json.read(body)


@settings(max_examples=300)
@given(written | written_numbers)
@example("[1e16,1e-5,123456789012345678901,18446744073709551616,-9223372036854775809,-0,-0.0]")
def test_what_was_taken_once_is_read_again_alike(text: str) -> None:
    body = text.encode("utf-8")
    taken = read_as_usual(body)
    if taken is not None:
        assert repr(reread(body)) == repr(taken[0])


@given(st.binary(max_size=200))
def test_what_is_no_json_is_no_json_when_it_is_read_again(body: bytes) -> None:
    with suppress(InvalidJsonError):
        reread(body)
