"""The cases follow the definitions of RFC 8259 (JSON) and RFC 7493 (I-JSON), by section."""

from __future__ import annotations

import json
from typing import Any

import pytest

from receiver.judging.strict_json import MAX_DEPTH, MAX_DIGITS, InvalidJsonError, identify, parse

REFUSED: dict[str, bytes] = {
    # J1, RFC 8259 §2: a text is one value.
    "J1-empty": b"",
    "J1-white-space": b" \n",
    "J1-NUL": b"\x00\x00",
    # J2, §2 to §6: what other notations allow and this one does not.
    "J2-comma-at-the-end-of-an-object": b'{"a":1,}',
    "J2-comma-at-the-end-of-an-array": b"[1,]",
    "J2-comma-first": b"[,1]",
    "J2-two-commas": b"[1,,2]",
    "J2-only-a-comma": b"[,]",
    "J2-single-quotes": b"{'a':1}",
    "J2-a-key-without-quotes": b"{a:1}",
    "J2-a-number-as-key": b"{1:1}",
    "J2-null-as-key": b"{null:1}",
    "J2-no-colon": b'{"a" 1}',
    "J2-two-colons": b'{"a"::1}',
    "J2-a-comma-for-a-colon": b'{"a",1}',
    "J2-no-value": b'{"a":}',
    "J2-no-comma": b"[1 2]",
    "J2-a-colon-in-an-array": b"[1:2]",
    "J2-not-closed": b'{"a":1',
    "J2-an-array-not-closed": b"[1",
    "J2-closed-by-the-other": b"[1}",
    "J2-closed-twice": b"[1]]",
    "J2-a-line-comment": b"{}//x",
    "J2-a-block-comment": b"/**/{}",
    "J2-a-hash-comment": b"{}#x",
    "J2-two-values": b"{} {}",
    "J2-text-behind-it": b'{"a":1}x',
    "J2-a-semicolon": b"[1];",
    "J2-True": b"True",
    "J2-TRUE": b"TRUE",
    "J2-tru": b"tru",
    "J2-truth": b"truth",
    "J2-nul": b"nul",
    "J2-undefined": b"undefined",
    "J2-a-literal-in-full-width": "ｔｒｕｅ".encode(),
    # §6: numbers.
    "J2-leading-zero": b"01",
    "J2-minus-leading-zero": b"-01",
    "J2-two-zeros": b"00",
    "J2-no-fraction": b"1.",
    "J2-no-integer": b".5",
    "J2-minus-no-integer": b"-.5",
    "J2-plus": b"+1",
    "J2-only-minus": b"-",
    "J2-two-minus": b"--1",
    "J2-minus-space": b"- 1",
    "J2-no-exponent": b"1e",
    "J2-no-exponent-behind-the-sign": b"1e+",
    "J2-fraction-of-exponent": b"1e1.5",
    "J2-two-points": b"1.2.3",
    "J2-hexadecimal": b"0x1F",
    "J2-octal": b"0o7",
    "J2-underscore": b"1_000",
    "J2-thousands": b"1 000",
    "J2-full-width-digits": "１".encode(),
    "J2-arabic-digits": "[٣]".encode(),
    "J2-a-letter-behind-it": b"1a",
    "J2-imaginary": b"1j",
    # §2: white space is four characters.
    "J2-no-break-space": "\u00a0{}".encode(),
    "J2-line-separator": "\u2028{}".encode(),
    "J2-form-feed": b"\x0c{}",
    "J2-vertical-tab": b"[\x0b1]",
    "J2-word-joiner": "{}\u2060".encode(),
    # §7: strings.
    "J5-escape-character": b'"a\x1bb"',
    "J5-line-end": b'"a\nb"',
    "J5-carriage-return": b'"a\rb"',
    "J5-tab": b'"a\tb"',
    "J5-NUL-in-a-text": b'"a\x00b"',
    "J5-unit-separator": b'"a\x1fb"',
    "J5-control-in-a-key": b'{"a\nb":1}',
    "J5-not-closed": b'"a',
    "J5-only-a-quote": b'"',
    "J5-closed-by-an-escaped-quote": b'"a\\"',
    "J5-unknown-escape": b'"\\x41"',
    "J5-escaped-single-quote": b'"\\\'"',
    "J5-escaped-line-end": b'"\\\n"',
    "J5-escape-at-the-end": b'"\\',
    "J5-three-hex-digits": b'"\\u00e"',
    "J5-no-hex-digits": b'"\\u00eg"',
    "J5-capital-U": b'"\\U0001F600"',
    "J5-braces": b'"\\u{41}"',
    "J5-signed-hex": b'"\\u+041"',
    "J5-spaced-hex": b'"\\u 041"',
    "J5-underscored-hex": b'"\\u0_41"',
    # §8.1: UTF-8 and nothing else.
    "J3-a-byte-that-is-none": b'{"a":"\xff"}',
    "J3-overlong": b'{"a":"\xc0\xaf"}',
    "J3-overlong-NUL": b'"\xe0\x80\x80"',
    "J3-a-lone-continuation": b'"\x81"',
    "J3-cut-off": b'"\xe2\x82"',
    "J3-beyond-unicode": b'"\xf4\x90\x80\x80"',
    "J3-five-bytes": b'"\xf8\x88\x80\x80\x80"',
    "J3-Latin-1": '{"a":"é"}'.encode("latin-1"),
    "J3-in-a-key": b'{"\xff":1}',
    "J3-outside-of-texts": b"[\xff]",
    "J4-surrogate-in-UTF-8": b'{"a":"\xed\xa0\x80"}',
    "J4-surrogate-pair-in-UTF-8": b'"\xed\xa0\xbd\xed\xb8\x80"',
    "J6-byte-order-mark": b"\xef\xbb\xbf{}",
    "J6-only-a-byte-order-mark": b"\xef\xbb\xbf",
    "J6-byte-order-mark-behind": b"{}\xef\xbb\xbf",
    "J7-UTF-16": '{"a":1}'.encode("utf-16"),
    "J7-UTF-16-LE": '{"a":1}'.encode("utf-16-le"),
    "J7-UTF-16-BE": '{"a":1}'.encode("utf-16-be"),
    "J7-UTF-32": '{"a":1}'.encode("utf-32"),
    "J7-UTF-32-LE": '{"a":1}'.encode("utf-32-le"),
    "J7-a-digit-and-NUL": b"1\x00",
    "J7-UTF-7": b"+AHsAIgBh-",
    # RFC 8259 §6 and RFC 7493 §2.2: what is not finite is no number.
    "J8-NaN": b'{"a":NaN}',
    "J8-nan": b"nan",
    "J8-Infinity": b"[Infinity]",
    "J8-minus-Infinity": b"[-Infinity]",
    "J8-minus-NaN": b"[-NaN]",
    "J9-too-large": b"[1e999]",
    "J9-too-small": b"[-1e999]",
    "J9-a-huge-exponent": b"[1E400000000]",
    "J9-just-too-large": b"1.8e308",
    "J10-too-many-digits": b"[" + b"9" * 5_000 + b"]",
    "J10-one-digit-too-many": b"9" * (MAX_DIGITS + 1),
    # RFC 7493 §2.3: no member twice.
    "J14-twice": b'{"event":"x","event":"test.ping"}',
    "J14-twice-by-an-escape": b'{"a":1,"\\u0061":2}',
    "J14-twice-the-same": b'{"a":1,"a":1}',
    "J14-twice-the-empty-key": b'{"":1,"":2}',
    "J14-twice-far-inside": b'{"a":[{"b":{"c":1,"d":2,"c":3}}]}',
    # RFC 7493 §2.1: no half of a surrogate pair.
    "J15-high": b'{"a":"\\ud800"}',
    "J15-low": b'{"a":"\\udfff"}',
    "J15-capital-letters": b'"\\uDBFF"',
    "J15-reversed": b'"\\ude00\\ud83d"',
    "J15-two-high": b'"\\ud83d\\ud83d\\ude00"',
    "J15-apart": b'"\\ud83d \\ude00"',
    "J15-half-escaped": b'"\\ud83d\\\\ude00"',
    "J15-in-a-key": b'{"\\ud800":1}',
    "J15-far-inside": b'[{"a":[["\\ud834"]]}]',
    # Deeper than a reader may be asked to go.
    "J12-65-arrays": b"[" * 65 + b"]" * 65,
    "J12-65-objects": b'{"a":' * 65 + b"1" + b"}" * 65,
    "J12-65-mixed": b'[{"a":' * 33 + b"1" + b"}]" * 33,
    "J12-100000": b"[" * 100_000 + b"]" * 100_000,
    "J13-arrays-not-closed": b"[" * 1_000_000,
    "J13-objects-not-closed": b'{"a":' * 100_000,
    "J13-a-text-not-closed-before": b'["' + b"[" * 100_000,
}

ACCEPTED: dict[str, tuple[bytes, Any]] = {
    "null": (b"null", None),
    "true": (b" true ", True),
    "false": (b"\tfalse\r\n", False),
    "an-empty-object": (b"{}", {}),
    "an-empty-array": (b"[ ]", []),
    "an-empty-text": (b'""', ""),
    "a-number": (b"1", 1),
    "zero": (b"0", 0),
    "minus-zero": (b"-0", 0),
    "J22-minus-zero-as-fraction": (b'{"a":-0.0}', {"a": -0.0}),
    "J22-too-small-to-tell-from-zero": (b"1e-400", 0.0),
    "J22-many-digits-behind-the-point": (b"0." + b"1" * 400, 1 / 9),
    "a-fraction": (b"1.5", 1.5),
    "an-exponent": (b"1e2", 100.0),
    "an-exponent-with-signs": (b"-1.5E+2", -150.0),
    "an-exponent-with-zeros": (b"1e-007", 1e-7),
    "J11-more-than-64-bits": (b'{"n":9223372036854775808}', {"n": 2**63}),
    "J10-as-many-digits-as-allowed": (b"9" * MAX_DIGITS, 10**MAX_DIGITS - 1),
    "the-largest-number": (b"1.7976931348623157e308", 1.7976931348623157e308),
    "every-escape": (b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
    "escapes-in-both-cases": (b'"\\u00e9\\u00E9"', "éé"),
    "J15-a-pair": (b'"\\ud83d\\ude00"', "😀"),
    "J15-a-pair-in-both-cases": (b'"\\uD83D\\uDe00"', "😀"),
    "J15-an-escaped-backslash-before-it": (b'"\\\\ud800"', "\\ud800"),
    "J16-NUL": (b'{"a":"\\u0000"}', {"a": "\x00"}),
    "J17-an-escape-in-a-key": (b'{"\\u001b[2J":1}', {"\x1b[2J": 1}),
    "J18-odd-keys": (b'{"__proto__":{},"":0}', {"__proto__": {}, "": 0}),
    "keys-that-differ-by-case": (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    "keys-that-differ-by-normal-form": ('{"é":1,"e\u0301":2}'.encode(), {"é": 1, "e\u0301": 2}),
    "the-same-key-on-two-levels": (b'{"a":{"a":1}}', {"a": {"a": 1}}),
    "raw-UTF-8": ('"é€😀"'.encode(), "é€😀"),
    "DEL": (b'"\x7f"', "\x7f"),
    "line-separators-in-a-text": ('"\u2028\u2029"'.encode(), "\u2028\u2029"),
    "a-byte-order-mark-in-a-text": ('"\ufeff"'.encode(), "\ufeff"),
    "brackets-in-texts": (b'["' + b"[{" * 100 + b'"]', ["[{" * 100]),
    "brackets-behind-escaped-quotes": (b'["\\"' + b"[" * 100 + b'"]', ['"' + "[" * 100]),
    "many-brackets-on-few-levels": (b"[" + b"[]," * 999 + b"[]]", [[]] * 1_000),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(InvalidJsonError) as caught:
        parse(body)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(("body", "value"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(body: bytes, value: Any) -> None:
    parsed = parse(body)
    assert parsed == value
    assert type(parsed) is type(value)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_j12_as_deep_as_allowed_is_accepted() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH) == nested(MAX_DEPTH)
    assert len(identify(nested(MAX_DEPTH))) == 32


def test_the_reason_does_not_quote_the_body() -> None:
    for body in (b'{"secret-text":nope}', b'{"secret-text":1,"secret-text":2}', b'"secret-text'):
        with pytest.raises(InvalidJsonError) as caught:
            parse(body)
        assert "secret-text" not in str(caught.value)


def test_every_character_of_unicode_is_accepted_raw_and_escaped() -> None:
    """RFC 7493 §2.1 forbids noncharacters, too; refusing one would lose an event, so we do not."""
    codes = [*range(0x20, 0xD800), *range(0xE000, 0x110000)]
    characters = "".join(map(chr, codes))
    assert parse(json.dumps(characters).encode()) == characters
    assert parse(json.dumps(characters, ensure_ascii=False).encode()) == characters


def test_where_it_stops_being_json_is_told_apart_from_the_sentence() -> None:
    with pytest.raises(InvalidJsonError) as found:
        parse(b'{\n  "event": oops\n}')
    assert (found.value.place, found.value.what) == ((2, 12), "expecting value")
    with pytest.raises(InvalidJsonError) as found:
        parse(b'{"a": 1, "a": 2}')
    assert found.value.place is None
