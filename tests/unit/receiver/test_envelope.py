from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.judging.envelope import InvalidEnvelopeError, parse_timestamp, read_envelope
from receiver.judging.strict_json import InvalidJsonError
from store.records import EventFacts

AT = "2026-03-25T14:30:00Z"
UNIT: dict[str, Any] = {
    "event": "data.new",
    "timestamp": AT,
    "connection_id": "conn_abc123",
    "resource_type": "unit",
    "data": {"id": "unit_xyz789", "property_id": "prop_001"},
}
GONE = object()


def unit(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in (UNIT | changed).items() if value is not GONE}


def refusal(body: Any) -> str:
    with pytest.raises(InvalidEnvelopeError) as caught:
        read_envelope(body)
    return str(caught.value)


def test_a_unit_says_what_it_is() -> None:
    facts = read_envelope(UNIT)
    assert facts == EventFacts(
        identity=facts.identity,
        event="data.new",
        timestamp=datetime(2026, 3, 25, 14, 30, tzinfo=UTC),
        connection_id="conn_abc123",
        resource_type="unit",
        resource_id="unit_xyz789",
        property_id="prop_001",
    )
    assert len(facts.identity) == 32


def test_a_property_is_its_own_property() -> None:
    facts = read_envelope(unit(resource_type="property", data={"id": "prop_9", "property_id": "x"}))
    assert (facts.resource_id, facts.property_id) == ("prop_9", "prop_9")


@pytest.mark.parametrize("property_id", [None, "", 7, ["prop_001"], GONE])
def test_a_property_id_that_is_none_is_left_out(property_id: Any) -> None:
    data = {"id": "u"} if property_id is GONE else {"id": "u", "property_id": property_id}
    assert read_envelope(unit(data=data)).property_id is None


def test_a_ping_needs_no_connection_and_a_sync_no_data() -> None:
    ping = read_envelope({"event": "test.ping", "timestamp": AT, "data": {}})
    assert (ping.connection_id, ping.resource_type, ping.resource_id) == (None, None, None)
    sync = read_envelope({"event": "sync.complete", "timestamp": AT, "connection_id": "c"})
    assert (sync.connection_id, sync.resource_type) == ("c", None)


def test_e3_an_unknown_event_needs_the_envelope_only() -> None:
    facts = read_envelope({"event": "lease.signed", "timestamp": AT, "connection_id": "c"})
    assert (facts.event, facts.resource_type) == ("lease.signed", None)
    assert read_envelope(unit(event="data.deleted")).resource_id == "unit_xyz789"
    assert "resource_type" in refusal({"event": "data.x", "timestamp": AT, "connection_id": "c"})


def test_e13_an_unknown_resource_type_is_an_event() -> None:
    assert read_envelope(unit(resource_type="building")).resource_type == "building"


def test_e16_unknown_fields_are_allowed_and_are_part_of_the_identity() -> None:
    extra = {f"extra_{number}": [number] for number in range(500)}
    facts = read_envelope(UNIT | extra)
    assert facts.identity != read_envelope(UNIT).identity
    assert facts.resource_id == "unit_xyz789"


WITHOUT_MEANING: dict[str, tuple[Any, str]] = {
    "E1-empty": ({}, "event must be a text"),
    "E2-number": (unit(event=1), "event must be a text"),
    "E2-null": (unit(event=None), "event must be a text"),
    "E2-list": (unit(event=[]), "event must be a text"),
    "E2-empty": (unit(event=""), "event must be a text"),
    "E2-300-characters": (unit(event="a" * 300), "event must be 1 to 64"),
    "E2-65-characters": (unit(event="a" * 65), "event must be 1 to 64"),
    "E2-line-end": (unit(event="data.new\n"), "event must be 1 to 64"),
    "E2-escape": (unit(event="data\x1b[2J"), "event must be 1 to 64"),
    "E2-space": (unit(event="data new"), "event must be 1 to 64"),
    "E2-look-alike": (unit(event="dаta.new"), "event must be 1 to 64"),
    "E2-no-event": (unit(event=GONE), "event must be a text"),
    "E4-missing": (unit(timestamp=GONE), "timestamp must be a text"),
    "E4-null": (unit(timestamp=None), "timestamp must be a text"),
    "E4-number": (unit(timestamp=1742900000), "timestamp must be a text"),
    "E4-empty": (unit(timestamp=""), "timestamp must be a text"),
    "E12-missing": (unit(connection_id=GONE), "connection_id must be a text"),
    "E12-null": (unit(connection_id=None), "connection_id must be a text"),
    "E12-number": (unit(connection_id=7), "connection_id must be a text"),
    "E12-empty": (unit(connection_id=""), "connection_id must be a text"),
    "E12-10-kB": (unit(connection_id="c" * 10_000), "connection_id must be at most 256"),
    "E12-257": (unit(connection_id="c" * 257), "connection_id must be at most 256"),
    "E12-NUL": (unit(connection_id="c\x00"), "printable"),
    "E12-escape": (unit(connection_id="\x1b]0;x\x07"), "printable"),
    "E12-right-to-left": (unit(connection_id="c\u202e"), "printable"),
    "E12-half-a-pair": (unit(connection_id="c\ud800"), "printable"),
    "E12-sync-without": ({"event": "sync.complete", "timestamp": AT}, "connection_id"),
    "E12-unknown-without": ({"event": "x", "timestamp": AT}, "connection_id"),
    "E13-missing": (unit(resource_type=GONE), "resource_type must be a text"),
    "E13-null": (unit(resource_type=None), "resource_type must be a text"),
    "E13-number": (unit(resource_type=1), "resource_type must be a text"),
    "E13-empty": (unit(resource_type=""), "resource_type must be a text"),
    "E14-missing": (unit(data=GONE), "data must be an object"),
    "E14-null": (unit(data=None), "data must be an object"),
    "E14-list": (unit(data=[]), "data must be an object"),
    "E14-text": (unit(data="x"), "data must be an object"),
    "M8-no-id": (unit(data={}), "data.id must be a text"),
    "M8-number": (unit(data={"id": 7}), "data.id must be a text"),
    "M8-null": (unit(data={"id": None}), "data.id must be a text"),
    "M8-empty": (unit(data={"id": ""}), "data.id must be a text"),
    "M8-list": (unit(data={"id": ["u"]}), "data.id must be a text"),
    "J20-null": (None, "must be a JSON object"),
    "J20-list": ([], "must be a JSON object"),
    "J20-text": ("x", "must be a JSON object"),
    "J20-number": (1, "must be a JSON object"),
    "J20-true": (True, "must be a JSON object"),
}


@pytest.mark.parametrize(("body", "reason"), WITHOUT_MEANING.values(), ids=WITHOUT_MEANING)
def test_a_body_that_is_no_event_is_refused_by_name(body: Any, reason: str) -> None:
    assert reason in refusal(body)


@pytest.mark.parametrize(
    "resource_id", ["../../etc", "'; DROP TABLE units", "u" * 10_000, "\x00", "a\nb", "☃", " "]
)
def test_m8_an_id_is_any_text(resource_id: str) -> None:
    assert read_envelope(unit(data={"id": resource_id})).resource_id == resource_id


def test_half_a_surrogate_pair_is_not_json() -> None:
    with pytest.raises(InvalidJsonError):
        read_envelope(unit(data={"id": "u\ud800"}))


TIMESTAMPS = {
    "Z": (AT, datetime(2026, 3, 25, 14, 30, tzinfo=UTC)),
    "offset": ("2026-03-25T14:30:00+02:00", datetime(2026, 3, 25, 12, 30, tzinfo=UTC)),
    "negative-offset": ("2026-03-25T14:30:00-09:30", datetime(2026, 3, 26, 0, 0, tzinfo=UTC)),
    "unknown-offset": ("2026-03-25T14:30:00-00:00", datetime(2026, 3, 25, 14, 30, tzinfo=UTC)),
    "milliseconds": ("2026-03-25T14:30:00.123Z", datetime(2026, 3, 25, 14, 30, 0, 123_000, UTC)),
    "one-digit": ("2026-03-25T14:30:00.5Z", datetime(2026, 3, 25, 14, 30, 0, 500_000, UTC)),
    "E6-leap-second": ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
    "E6-anywhere": ("2026-03-25T10:00:60Z", datetime(2026, 3, 25, 10, 0, 59, 999_999, UTC)),
    "E10-lower-case": ("2026-03-25t10:00:00z", datetime(2026, 3, 25, 10, 0, tzinfo=UTC)),
    "E10-nanoseconds": (
        "2026-03-25T10:00:00.123456789Z",
        datetime(2026, 3, 25, 10, 0, 0, 123_456, UTC),
    ),
    "E10-a-thousand-digits": (f"2026-03-25T10:00:00.{'9' * 1000}Z",
                              datetime(2026, 3, 25, 10, 0, 0, 999_999, UTC)),
    "E11-1970": ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    "E11-far-ahead": ("2126-03-25T10:00:00Z", datetime(2126, 3, 25, 10, 0, tzinfo=UTC)),
    "first": ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    "last": ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "29-February": ("2028-02-29T00:00:00Z", datetime(2028, 2, 29, tzinfo=UTC)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "instant"), TIMESTAMPS.values(), ids=TIMESTAMPS)
def test_a_timestamp_is_an_instant_in_utc(text: str, instant: datetime) -> None:
    parsed = parse_timestamp(text)
    assert parsed == instant
    assert parsed.tzinfo is UTC


NO_TIMESTAMPS = {
    "E5-no-zone": "2026-03-25T10:00:00",
    "E5-only-a-date": "2026-03-25",
    "E7-24-hours": "2026-03-25T24:00:00Z",
    "E7-30-February": "2026-02-30T10:00:00Z",
    "E7-29-February": "2026-02-29T10:00:00Z",
    "E7-month-13": "2026-13-01T10:00:00Z",
    "E7-day-0": "2026-03-00T10:00:00Z",
    "E7-60-minutes": "2026-03-25T10:60:00Z",
    "E7-61-seconds": "2026-03-25T10:00:61Z",
    "E7-year-0": "0000-01-01T00:00:00Z",
    "E7-year-10000": "10000-01-01T00:00:00Z",
    "E7-negative-year": "-2026-03-25T10:00:00Z",
    "E7-full-width": "２０２６-03-25T10:00:00Z",
    "E7-zero-width-space": "2026-03-25\u200bT10:00:00Z",
    "E7-line-end": "2026-03-25T10:00:00Z\n",
    "E7-space-before": " 2026-03-25T10:00:00Z",
    "E8-beyond-the-end": "9999-12-31T23:59:59-14:00",
    "E8-before-the-beginning": "0001-01-01T00:00:00+14:00",
    "E9-week": "2026-W13-3",
    "E9-basic": "20260325T100000Z",
    "E9-another-letter": "2026-03-25X10:00:00Z",
    "E9-a-space": "2026-03-25 10:00:00Z",
    "E9-half-a-pair": "2026-03-25\ud80010:00:00Z",
    "E9-seconds-of-offset": "2026-03-25T10:00:00+23:59:59.999999",
    "E9-offset-without-colon": "2026-03-25T10:00:00+0200",
    "E9-offset-of-24-hours": "2026-03-25T10:00:00+24:00",
    "E9-offset-of-60-minutes": "2026-03-25T10:00:00+01:60",
    "E9-a-name": "2026-03-25T10:00:00 UTC",
    "E9-a-comma": "2026-03-25T10:00:00,5Z",
    "E9-no-digits": "2026-03-25T10:00:00.Z",
    "E9-no-seconds": "2026-03-25T10:00Z",
    "E9-a-number": "1742900000",
}


@pytest.mark.parametrize("text", NO_TIMESTAMPS.values(), ids=NO_TIMESTAMPS)
def test_anything_else_is_no_timestamp(text: str) -> None:
    assert refusal(unit(timestamp=text)).startswith("timestamp ")


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)"))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(InvalidEnvelopeError):
        assert parse_timestamp(text).tzinfo is UTC


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31)),  # noqa: DTZ001
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_every_instant_survives_every_zone(naive: datetime, minutes: int) -> None:
    instant = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_timestamp(instant.isoformat()) == instant


keys = st.sampled_from(["event", "timestamp", "connection_id", "resource_type", "data", "changes"])
odd = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.none())
sensible = st.sampled_from(["data.new", "test.ping", "sync.complete", AT, "unit", "conn_abc123"])
objects = st.dictionaries(st.just("id") | st.text(max_size=3), odd, max_size=3)


@given(st.dictionaries(keys, odd | sensible | objects) | odd)
def test_no_value_raises_anything_else(body: Any) -> None:
    try:
        facts = read_envelope(body)
    except (InvalidEnvelopeError, InvalidJsonError):
        return
    assert facts.event == body["event"]
    assert facts.resource_id is None or body["data"]["id"] == facts.resource_id
