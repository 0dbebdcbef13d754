"""The fields that programs rely on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from meterbase_tui.exports import json_fields
from store.records import (
    Change,
    ChangeSource,
    ConnectionRecord,
    Content,
    Delivery,
    Event,
    EventState,
    Lease,
    Notification,
    NotificationKind,
    Origin,
    Outcome,
    Property,
    PropertyState,
    Unit,
    Verdict,
)

AT = datetime(2026, 3, 25, 14, 30, tzinfo=UTC)
DELIVERY = Delivery(
    id=1,
    received_at=AT.replace(microsecond=123456),
    origin=Origin.NETWORK,
    method="POST",
    path="/api/webhooks/propexo",
    status=200,
    verdict=Verdict.NOT_CHECKED,
    diagnosis=None,
    explanation=None,
    event_id=1,
    duplicate=False,
    event="data.new",
    connection_id="conn_abc123",
    resource_type="unit",
    resource_id="unit_xyz789",
    property_id="prop_001",
    size=10,
    ack_ms=2.5,
    replay_of=None,
    state=EventState.PROCESSED,
    outcome=Outcome.CREATED,
    reason=None,
)
EVENT = Event(
    id=1,
    event="data.new",
    resource_type="unit",
    resource_id="unit_xyz789",
    connection_id="conn_abc123",
    property_id="prop_001",
    timestamp=AT,
    received_at=AT,
    state=EventState.PROCESSED,
    outcome=Outcome.CREATED,
    reason=None,
    error=None,
    deliveries=1,
    attempts=1,
    processed_at=AT,
)
UNIT = Unit(
    connection_id="conn_abc123",
    unit_id="unit_xyz789",
    sqft=950,
    bathrooms=1.5,
    lease=Lease(occupant_count=2, start_date="2026-04-01"),
    updated_at=AT,
    last_event_id=1,
)
CHANGE = Change(
    id=1,
    at=AT,
    event_id=1,
    source=ChangeSource.REFRESH,
    connection_id="conn_abc123",
    property_id=None,
    unit_id="unit_xyz789",
    unit_number="305",
    field="status",
    old="vacant",
    new={"any": ["json", None]},
    affects_rubs=True,
)
NOTIFICATION = Notification(
    id=1,
    at=AT,
    kind=NotificationKind.PROPERTY_REVIEW,
    text="Look.",
    event_id=None,
    connection_id=None,
    property_id=None,
    unit_id=None,
)

CONTRACT = [
    (
        json_fields.delivery_fields(DELIVERY),
        (
            "id received_at origin method path status verdict diagnosis explanation event_id "
            "duplicate event connection_id size ack_ms"
        ),
    ),
    (
        json_fields.event_fields(EVENT),
        (
            "id event resource_type resource_id connection_id property_id timestamp received_at "
            "state outcome reason error deliveries attempts processed_at"
        ),
    ),
    (
        json_fields.unit_fields(UNIT),
        (
            "connection_id unit_id property_id unit_number status sqft bedrooms bathrooms "
            "occupant_count lease missing_since updated_at last_event_id"
        ),
    ),
    (
        json_fields.change_fields(CHANGE),
        (
            "id at event_id source connection_id property_id unit_id unit_number field old new "
            "affects_rubs"
        ),
    ),
    (
        json_fields.notification_fields(NOTIFICATION),
        "id at kind text event_id connection_id property_id unit_id",
    ),
    (
        json_fields.property_fields(Property(connection_id="c", property_id="p")),
        "connection_id property_id name state units",
    ),
    (
        json_fields.connection_fields(ConnectionRecord(connection_id="c")),
        "connection_id name registered events last_event_at last_sync_at",
    ),
]


@pytest.mark.parametrize(("fields", "promised"), CONTRACT)
def test_every_promised_field_is_there_and_comes_first(
    fields: dict[str, object], promised: str
) -> None:
    assert list(fields)[: len(promised.split())] == promised.split()
    assert json.loads(json_fields.encode(fields)) == fields


def test_values_are_plain_json() -> None:
    delivery = json_fields.delivery_fields(DELIVERY)
    assert delivery["received_at"] == "2026-03-25T14:30:00.123456Z"
    assert delivery["verdict"] == "not_checked"
    assert type(delivery["verdict"]) is str
    event = json_fields.event_fields(EVENT)
    assert event["timestamp"] == "2026-03-25T14:30:00Z"
    assert event["outcome"] == "created"
    unit = json_fields.unit_fields(UNIT)
    assert unit["occupant_count"] == 2
    assert unit["lease"] == dict.fromkeys(Lease._fields) | {
        "occupant_count": 2,
        "start_date": "2026-04-01",
    }
    assert json_fields.unit_fields(Unit(connection_id="c", unit_id="u"))["lease"] is None
    assert json_fields.change_fields(CHANGE)["new"] == {"any": ["json", None]}
    linked = Property(connection_id="c", property_id="p", state=PropertyState.LINKED)
    assert json_fields.property_fields(linked)["state"] == "linked"


def test_times_of_other_zones_are_told_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert json_fields.instant(there) == "2026-03-25T14:30:00Z"


def test_a_body_that_is_no_text_is_given_in_base64() -> None:
    headers = ((b"X-A", b"caf\xe9"), (b"X-A", "é".encode()))
    text = json_fields.content_fields(Content(headers, "é\x00".encode(), 3, bytes(32)))
    assert (text["body"], text["body_base64"], text["body_complete"]) == ("é\x00", None, True)
    assert text["headers"] == [["X-A", "caf\\xe9"], ["X-A", "é"]]
    binary = json_fields.content_fields(Content((), b"\xff\xfe", 9, bytes(32)))
    assert (binary["body"], binary["body_base64"]) == (None, "//4=")
    assert binary["body_complete"] is False
