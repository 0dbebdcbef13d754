from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.widgets.sheet import (
    SHOWN_AT_FIRST,
    LineKind,
    Payload,
    Sheet,
    View,
    amount,
    lay_out,
)


def sheet_of(
    body: bytes, view: View = View.PRETTY, *, whole: bool = False, size: int | None = None
) -> Sheet:
    payload = Payload(body, len(body) if size is None else size)
    return lay_out(payload, view, whole=whole, rest_key="a")


def lines(sheet: Sheet) -> list[str]:
    return [
        "  " * depth + sheet.text[start:end]
        for start, end, depth in zip(sheet.starts, sheet.ends, sheet.depths, strict=True)
    ]


@given(st.binary(max_size=200), st.sampled_from([View.PRETTY, View.RAW]))
def test_any_bytes_become_visible_lines(body: bytes, view: View) -> None:
    sheet = sheet_of(body, view)
    assert sheet.text.replace("\n", "").isprintable()
    assert sheet.text.split("\n") == [
        sheet.text[start:end] for start, end in zip(sheet.starts, sheet.ends, strict=True)
    ]
    assert len(sheet.kinds) == len(sheet.depths) == len(sheet.starts) >= 1


def test_pretty_is_what_was_sent_with_lines() -> None:
    body = b'{"sqft":950.0,"sqft":9.5e2,"n":1e400,"x":"\\u00e9\xc3\xa9\\u202e\xe2\x80\xae","e":[]}'
    assert lines(sheet_of(body)) == [
        "{",
        '  "sqft": 950.0,',
        '  "sqft": 9.5e2,',
        '  "n": 1e400,',
        r'  "x": "\u00e9é\u202e\u202e",',
        '  "e": []',
        "}",
    ]


def test_raw_is_what_was_sent() -> None:
    assert lines(sheet_of(b'{"a":1,\r\n\t"b":2}\n', View.RAW)) == [
        r'{"a":1,\x0d',
        r'\x09"b":2}',
        "",
    ]


def test_what_is_not_json_is_text() -> None:
    sheet = sheet_of(b"event=data.new&x=\xff\x1b[2J\nnext")
    assert lines(sheet) == [r"event=data.new&x=\xff\x1b[2J", "next"]
    assert set(sheet.kinds) == {LineKind.RAW}
    assert sheet.problem == "a value is expected"


def test_a_byte_order_mark_is_seen() -> None:
    assert lines(sheet_of(b"\xef\xbb\xbf{}")) == [r"\ufeff{}"]


def test_json_that_breaks_off_is_shown_up_to_there_and_then_as_it_is() -> None:
    sheet = sheet_of(b'{"a": 1,\n oops: 2}')
    assert lines(sheet) == [
        "{",
        '  "a": 1,',
        "Not JSON from here on: a name in quotes is expected.",
        "oops: 2}",
    ]
    assert list(sheet.kinds) == [LineKind.JSON, LineKind.JSON, LineKind.NOTE, LineKind.RAW]


def test_only_the_beginning_of_a_large_payload_is_laid_out() -> None:
    body = json.dumps([950.0] * 20_000).encode()
    first, all_of_it = sheet_of(body), sheet_of(body, whole=True)
    shown = lines(first)
    assert shown[-1] == (
        f"… {amount(first.missing)} more of {amount(len(body))}. Press a to show the rest."
    )
    assert first.missing >= len(body) - SHOWN_AT_FIRST
    assert first.problem is None
    # Half a number is another number.
    assert set(shown[1:-1]) == {"  950.0,"}
    assert lines(all_of_it) == json.dumps([950.0] * 20_000, indent=2).split("\n")
    assert all_of_it.missing == 0


def test_a_character_is_not_halved_where_the_beginning_ends() -> None:
    body = b'"' + "é".encode() * SHOWN_AT_FIRST + b'"'
    shown = lines(sheet_of(body))
    assert set(shown[0]) == {'"', "é"}
    assert lines(sheet_of(body, View.RAW))[0] == shown[0]


def test_a_payload_of_which_only_the_beginning_was_kept_says_so() -> None:
    assert lines(sheet_of(b"[1]", size=2 * 1024 * 1024))[-1] == (
        "… of a body of 2.0 MiB only the first 3 bytes were kept."
    )


def test_no_body_is_said_and_white_space_is_shown() -> None:
    assert lines(sheet_of(b"")) == ["No body."]
    assert lines(sheet_of(b"", View.RAW)) == ["No body."]
    assert lines(sheet_of(b" \r\n")) == [r" \x0d", ""]


def test_amounts_are_for_people() -> None:
    assert [amount(n) for n in (0, 1, 1023, 1536, 1024 * 1024)] == [
        "0 bytes",
        "1 byte",
        "1023 bytes",
        "1.5 KiB",
        "1.0 MiB",
    ]
