"""A delivery in an export is the delivery, to the byte, whatever it holds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.exports.archives import (
    ArchiveError,
    delivery_line,
    head_line,
    read_delivery,
    read_head,
    redact,
)
from meterbase_tui.exports.har import entry
from store.records import Content, Delivery, Origin, Verdict
from tests.stand_ins.arrivals import START

_PART = st.binary(max_size=12).map(lambda part: part.replace(b"\r", b"").replace(b"\n", b""))


def _delivery(**changed: Any) -> Delivery:
    values: dict[str, Any] = dict.fromkeys(Delivery.__dataclass_fields__)
    return Delivery(
        **values
        | {
            "id": 3,
            "received_at": START,
            "origin": Origin.NETWORK,
            "method": "POST",
            "path": "/a?b=c&d",
            "status": 200,
            "verdict": Verdict.VALID,
            "event_id": 3,
            "duplicate": False,
            "size": 0,
            "requests": 1,
        }
        | changed
    )


def _content(body: bytes, headers: Any = (), more: int = 0) -> Content:
    whole = body + b"x" * more
    return Content(headers, body, len(whole), hashlib.sha256(whole).digest())


@given(
    st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.lists(st.tuples(_PART, _PART), max_size=3).map(tuple),
)
def test_what_is_read_is_what_was_written(body: bytes, headers: Any) -> None:
    content = _content(body, headers)
    delivery = _delivery(size=content.size)
    line = delivery_line(delivery, content)

    record = read_delivery(line.encode("ascii"))

    assert record.content == content
    assert (record.id, record.received_at, record.accepted) == (3, START, True)
    assert "\n" not in line
    json.loads(entry(delivery, content))


def test_a_refused_body_that_was_cut_is_still_cut() -> None:
    content = _content(b"begin", more=9)
    delivery = _delivery(event_id=None, size=content.size)

    assert read_delivery(delivery_line(delivery, content).encode()).content == content
    with pytest.raises(ArchiveError, match="not whole"):
        read_delivery(delivery_line(_delivery(size=content.size), content).encode())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("headers", [["a\nb", "c"]], "more than one line"),
        ("headers", [["a"]], "makes no sense"),
        ("headers", {"a": 1}, "makes no sense"),
        ("received_at", "2026-03-25T14:30:00", "zone"),
        ("received_at", "yesterday", "makes no sense"),
        ("size", -1, "number"),
        ("size", True, "number"),
        ("status", 1 << 70, "number"),
        ("method", 5, "no text"),
        ("body_sha256", "00", "cannot be right"),
        ("body_sha256", "00" * 32, "checksum"),
        ("body", None, "body_base64"),
        ("type", "export", "no delivery"),
        ("verdict", "fine", "makes no sense"),
        ("requests", 0, "Nobody counted"),
        ("requests", 1 << 61, "Nobody counted"),
        ("requests", None, "number"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(name: str, value: object, words: str) -> None:
    content = _content(b"{}")
    fields = json.loads(delivery_line(_delivery(size=2), content))

    with pytest.raises(ArchiveError, match=words):
        read_delivery(json.dumps(fields | {name: value}).encode())


def test_an_export_from_before_floods_were_counted_is_read() -> None:
    content = _content(b"{}")
    fields = json.loads(delivery_line(_delivery(size=2), content))
    del fields["requests"]

    assert read_delivery(json.dumps(fields).encode()).requests == 1


def test_the_first_line_says_what_it_is() -> None:
    read_head(head_line(START, redacted=False).encode())
    for line in (
        head_line(START, redacted=True),
        head_line(START, redacted=False).replace('"version":1', '"version":2'),
        "{}",
        "",
        '{"type":"export"}',
    ):
        with pytest.raises(ArchiveError):
            read_head(line.encode())


def test_redacting_masks_bodies_headers_and_checksums() -> None:
    body = b'{"data":{"id":"res_1","email":"jane@example.com","phone":"555-123-4567"}}'
    headers = (
        (b"Authorization", b"Basic YTpi"),
        (b"X-From", b"jane@example.com"),
        (b"X-Odd", b"jane@\xff"),
        (b"Host", b"localhost"),
    )

    path = "/hook?from=jane@example.com"
    delivery, masked = redact(_delivery(path=path), _content(body, headers))

    assert b"example.com" not in masked.body + b"".join(value for _, value in masked.headers)
    assert b"4567" not in masked.body
    assert json.loads(masked.body)["data"]["id"] == "res_1"
    assert masked.headers[0][1] != headers[0][1]
    assert masked.headers[3] == headers[3]
    assert masked.body_sha256 != hashlib.sha256(body).digest()
    assert masked.complete
    assert delivery.path == "/hook?from=•••"
    assert not redact(_delivery(), _content(body, headers, more=5))[1].complete


def test_redacting_masks_a_name_wherever_it_stands() -> None:
    body = b'{"data":{"resident_name":"Ada Quux","remark":"called Ada Quux"}}'
    headers = ((b"X-About", b"Ada Quux moved"),)

    delivery, masked = redact(
        _delivery(path="/Ada Quux", explanation="for Ada Quux"), _content(body, headers)
    )

    told = f"{delivery.path} {delivery.explanation} {masked.headers} {masked.body!r}"
    assert "Quux" not in told
    assert delivery.explanation == "for •••"
