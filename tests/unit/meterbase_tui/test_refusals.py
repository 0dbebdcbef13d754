"""Why a request was refused, as the list of deliveries tells it on a terminal of 80 columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.style import Style

from meterbase_tui.widgets.row_painter import RowPainter, Signs
from meterbase_tui.wording.delivery_rows import (
    DELIVERY_COLUMNS,
    FAILURE_COLUMNS,
    delivery_row,
    failure_row,
)
from meterbase_tui.wording.values import size
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.explanations import explain
from receiver.diagnosis.wording import told
from receiver.judging.judgement import judge
from receiver.judging.signing import SIGNATURE_HEADER, Secrets, sign
from store.records import Delivery, Origin, Verdict

_INSIDE = 78
"""Of 80 columns, what the frame of the panel leaves."""
_BESIDE_TIME = len("   hh:mm:ss ")
_PATH = "/api/webhooks/propexo"


def refused(**values: Any) -> Delivery:
    """A delivery that was refused."""
    usual: dict[str, Any] = {
        "id": 1,
        "received_at": datetime(2026, 3, 25, 14, 30, tzinfo=UTC),
        "origin": Origin.NETWORK,
        "method": "POST",
        "path": _PATH,
        "status": 401,
        "verdict": Verdict.INVALID,
        "diagnosis": None,
        "explanation": None,
        "event_id": None,
        "duplicate": False,
        "event": None,
        "connection_id": None,
        "resource_type": None,
        "resource_id": None,
        "property_id": None,
        "size": 20,
        "ack_ms": 1.0,
        "replay_of": None,
        "state": None,
        "outcome": None,
        "reason": None,
    }
    return Delivery(**usual | values)


def draw(width: int = _INSIDE, **values: Any) -> str:
    """The row of a refused delivery."""
    painter = RowPainter(DELIVERY_COLUMNS, width, markable=True)
    return painter.row(delivery_row(refused(**values)), Signs(), lambda _: Style()).text


def draw_failure(width: int, **values: Any) -> str:
    """The same in the panel of signatures that failed; of its width the frame is not a part."""
    painter = RowPainter(FAILURE_COLUMNS, width)
    return painter.row(failure_row(refused(**values)), Signs(), lambda _: Style()).text


_A_THIRD = 47
"""What three panels in a row leave for one at 150 columns, without its frame and scrollbar."""
_HALF = 52
"""The same of two panels in a row at 110 columns; from here on there is room for the time."""


@pytest.mark.parametrize("code", DiagnosisCode)
def test_each_cause_stands_whole_beside_its_code(code: DiagnosisCode) -> None:
    cause, _ = explain(code)
    for width in (_A_THIRD, _HALF):
        row = draw_failure(width, diagnosis=code, explanation=cause)
        assert f"✗ {code.replace('_', ' ')} " in row
        assert "…" not in row
        assert row.partition(code.replace("_", " "))[2].strip()
    assert cause in draw_failure(200, diagnosis=code, explanation=cause)


def test_several_causes_are_told_as_such_beside_the_first() -> None:
    both = (DiagnosisCode.MISSING_PREFIX, DiagnosisCode.UPPER_CASE)
    row = draw_failure(_A_THIRD, diagnosis=both[0], explanation=told(both))
    assert row.split("missing prefix")[1].strip() == "and more is wrong"


def test_a_cause_of_a_newer_version_is_cut_rather_than_left_out() -> None:
    row = draw_failure(_A_THIRD, diagnosis="phase_of_the_moon", explanation="It wanes. " * 9)
    assert "It wanes. It wanes" in row
    assert "…" in row


@pytest.mark.parametrize("code", DiagnosisCode)
def test_each_cause_is_told_whole(code: DiagnosisCode) -> None:
    row = draw(diagnosis=code, explanation="A long sentence " * 20)
    assert f" {code.replace('_', ' ')}  " in row
    assert row.split()[-4:] == ["✗", "invalid", "–", "refused"]


NO_EVENT = "It is no event of Propexo's: data must be an object."
NOT_HTTP = "It was not HTTP that can be read: Bad."
UNCHECKED = Verdict.NOT_CHECKED


@pytest.mark.parametrize(
    ("status", "verdict", "told", "words"),
    [
        (400, Verdict.VALID, NO_EVENT, "data must be an object"),
        (400, Verdict.VALID, "The body is nested more than 64 levels deep.", "nested more than 64"),
        (400, Verdict.VALID, "The body is not JSON: expecting value at 1.", "not JSON: expecting"),
        (400, UNCHECKED, "The body broke off after 3 bytes: it ended.", "body broke off after 3"),
        (400, UNCHECKED, NOT_HTTP, "not HTTP: Bad "),
        (408, UNCHECKED, "The body had not arrived after 3 s.", "body came too slowly "),
        (413, UNCHECKED, "The body is larger than 9 bytes.", "body too large "),
        (415, Verdict.VALID, "The body came with Content-Encoding.", "body is compressed "),
        (401, Verdict.MISSING, None, "cause not found yet "),
    ],
)
def test_what_was_wrong_comes_first(
    status: int, verdict: Verdict, told: str | None, words: str
) -> None:
    row = draw(status=status, verdict=verdict, explanation=told)
    assert row[_BESIDE_TIME:].startswith(words)


DEEP = b"[" * 65 + b"]" * 65
PING = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z"}'


def _changed(**fields: object) -> bytes:
    usual = {"event": "data.new", "timestamp": "2026-03-25T10:00:00Z", "connection_id": "c"}
    return json.dumps(usual | {"resource_type": "unit", "data": {"id": "u"}} | fields).encode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON: column 2"),
        (b'{\n "a": 1\n x}', "not JSON: line 3"),
        (b'{"a":"' + b"x" * 300_000, "not JSON: column 6"),
        (b" " * 999_999 + b"x", "not JSON: column 1000000"),
        (b'{"a":"' + b"x" * 900_000 + b'\xff"}', "not UTF-8: byte 900006"),
        (DEEP, "nested more than 64 levels"),
        (b"\xef\xbb\xbf{}", "body begins with a BOM"),
        (b'{"a":-Infinity}', "-Infinity is no JSON number"),
        (b'{"a":NaN}', "NaN is no JSON number"),
        (b'{"a":' + b"1" * 5_000 + b"}", "a number of too many digits"),
        (b'{"a":1e999}', "a number is too large"),
        (b'{"a":1,"a":2}', "a key occurs twice"),
        (rb'{"a":"\ud800"}', "half of a surrogate pair"),
        (b"[]", "no JSON object"),
        (b"{}", "event lacks a text"),
        (_changed(event="a b"), "event is no event's name"),
        (_changed(timestamp=7), "timestamp lacks a text"),
        (_changed(timestamp="2026-03-25T10:00:00"), "timestamp is not RFC 3339"),
        (_changed(timestamp="2026-02-30T10:00:00Z"), "timestamp is no real time"),
        (_changed(connection_id=""), "connection_id lacks a text"),
        (_changed(connection_id="a\x07"), "connection_id is unusable"),
        (_changed(resource_type=None), "resource_type lacks a text"),
        (_changed(data=[]), "data must be an object"),
        (_changed(data={"id": 1}), "data.id lacks a text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_body_that_is_refused_is_told_whole(body: bytes, words: str) -> None:
    headers = ((SIGNATURE_HEADER.encode(), sign(b"s", body).encode()),)
    judged = judge(headers, body, Secrets(b"s"))
    assert judged.status == 400
    row = draw(status=400, verdict=Verdict.VALID, explanation=judged.explanation)
    assert row[_BESIDE_TIME:].startswith(f"{words}  "), judged.explanation


def test_where_there_is_room_the_sentence_is_longer() -> None:
    told = "The body is not JSON: expecting value at line 1, column 5."
    assert " not JSON: column 5 " in draw(status=400, explanation=told)
    assert " not JSON: expecting value at line 1, column 5 " in draw(
        160, status=400, explanation=told
    )


def test_another_path_is_told_to_its_end() -> None:
    row = draw(status=404, verdict=Verdict.NOT_CHECKED, path=_PATH + "/")
    assert f" POST {_PATH}/  · unchecked – wrong path " in row


def test_another_method_is_told() -> None:
    row = draw(status=405, verdict=Verdict.NOT_CHECKED, method="GET")
    assert f" GET {_PATH}" in row
    assert " – wrong method " in row


def test_a_flood_says_how_many_there_were() -> None:
    row = draw(requests=1_179, explanation="1,179 requests were refused like this.")
    assert " a flood; one is kept " in row
    assert row.endswith(" ×1,179    ")


def test_where_there_is_more_room_no_column_moves() -> None:
    refused = draw(198, diagnosis="unknown_secret")
    accepted = draw(198, event="data.new", resource_type="unit", resource_id="u", status=200)
    assert refused.index("✗ invalid") == accepted.index("✗ invalid")


@pytest.mark.parametrize("count", [0, 999, 1_000, 99_949, 99_950, 900_201, 999_499, 999_500, 10**9])
def test_every_size_fits_its_column(count: int) -> None:
    column = next(each for each in DELIVERY_COLUMNS if each.key == "size")
    assert len(size(count)) <= column.width


def test_a_size_is_as_exact_as_it_is_read() -> None:
    told = [size(n) for n in (999, 1_200, 99_949, 99_950, 900_201, 999_500, 3_040_000)]
    assert told == ["999 B", "1.2 kB", "99.9 kB", "100 kB", "900 kB", "1.0 MB", "3.0 MB"]
