"""Signed bodies that are no JSON or no event, and odd ones that are, over a real socket."""

from __future__ import annotations

import json
from typing import Any

import pytest

from store.records import EventState, Verdict
from tests.integration.receiver.conftest import Front, new_ping, request
from tests.unit.receiver.test_envelope import (
    NO_TIMESTAMPS,
    TIMESTAMPS,
    UNIT,
    WITHOUT_MEANING,
    unit,
)
from tests.unit.receiver.test_strict_json import ACCEPTED, REFUSED


def refused(front: Front, body: bytes) -> dict[str, str]:
    """Sends a body that must be refused; what is answered, once the log was looked at."""
    reply = front.ask(request(body))
    assert reply.status == 400
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (400, Verdict.VALID, None)
    assert row.explanation
    content = front.content()
    assert (content.body, content.complete) == (body, True)
    answer: dict[str, str] = reply.json
    return answer


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_not_json_is_refused_and_kept(front: Front, body: bytes) -> None:
    assert refused(front, body) == {"error": "invalid_json"}


@pytest.mark.parametrize("body", [body for body, _ in ACCEPTED.values()], ids=ACCEPTED)
def test_json_that_is_odd_is_accepted_and_processed(front: Front, body: bytes) -> None:
    whole = new_ping()[:-1] + b',"odd":' + body + b"}"
    reply = front.ask(request(whole))
    assert reply.status == 200
    assert front.content().body == whole
    event = next(event for event in front.bench.settle() if event.id == reply.json["event_id"])
    assert event.state is EventState.PROCESSED


def test_j19_many_keys_are_accepted(front: Front) -> None:
    keys = b",".join(b'"key-%d":%d' % (number, number) for number in range(40_000))
    assert front.ask(request(new_ping()[:-1] + b"," + keys + b"}")).status == 200


@pytest.mark.parametrize(("body", "reason"), WITHOUT_MEANING.values(), ids=WITHOUT_MEANING)
def test_what_is_no_event_is_refused_and_kept(front: Front, body: Any, reason: str) -> None:
    answer = refused(front, json.dumps(body).encode("ascii"))
    if answer["error"] == "invalid_json":
        assert "\\ud800" in json.dumps(body)
    else:
        assert answer["error"] == "invalid_envelope"
        assert reason in answer["detail"]


@pytest.mark.parametrize("text", NO_TIMESTAMPS.values(), ids=NO_TIMESTAMPS)
def test_what_is_no_timestamp_is_refused_and_kept(front: Front, text: str) -> None:
    answer = refused(front, json.dumps(unit(timestamp=text)).encode("ascii"))
    if "\ud800" in text:
        assert answer == {"error": "invalid_json"}
    else:
        assert answer["error"] == "invalid_envelope"
        assert answer["detail"].startswith("timestamp ")


@pytest.mark.parametrize("text", [text for text, _ in TIMESTAMPS.values()], ids=TIMESTAMPS)
def test_every_timestamp_is_stored_as_the_instant_that_it_is(front: Front, text: str) -> None:
    instant = next(instant for said, instant in TIMESTAMPS.values() if said == text)
    body = unit(timestamp=text, data={"id": text})
    reply = front.ask(request(json.dumps(body).encode("ascii")))
    event = next(event for event in front.bench.settle() if event.id == reply.json["event_id"])
    assert (event.timestamp, event.state) == (instant, EventState.IGNORED)


ALLOWED: dict[str, dict[str, Any]] = {
    "E3-unknown-event": unit(event="data.deleted"),
    "E13-unknown-type": unit(resource_type="building"),
    "E15-changes-is-a-list": unit(event="data.update", changes=["status"]),
    "E15-changes-of-a-new-unit": unit(changes={"sqft": {"old": 1, "new": 2}}),
    "E16-500-more-fields": UNIT | {f"extra-{number}": {} for number in range(500)},
    "M8-an-id-like-a-path": unit(data={"id": "../../etc/passwd", "property_id": "prop_001"}),
    "M8-an-id-like-SQL": unit(data={"id": "'; DROP TABLE units; --", "property_id": "prop_001"}),
    "M8-an-id-of-10-kB": unit(data={"id": "u" * 10_000, "property_id": "prop_001"}),
    "M8-an-id-with-NUL": unit(data={"id": "u\x00v", "property_id": "prop_001"}),
    "J11-a-number-of-65-bits": unit(data={"id": "n", "property_id": "prop_001", "sqft": 2**64}),
    "J16-NUL-in-a-text": unit(data={"id": "z", "property_id": "prop_001", "status": "a\x00b"}),
    "J17-an-escape-in-a-key": unit(data={"id": "k", "property_id": "prop_001", "\x1b[2J": 1}),
}


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED)
def test_what_is_an_event_is_accepted_whatever_else_it_says(
    front: Front, body: dict[str, Any]
) -> None:
    reply = front.ask(request(json.dumps(body).encode("ascii")))
    assert reply.status == 200
    event = next(event for event in front.bench.settle() if event.id == reply.json["event_id"])
    known = body["event"] in ("data.new", "data.update") and body["resource_type"] == "unit"
    assert event.state is (EventState.PROCESSED if known else EventState.IGNORED)
    assert event.resource_id == body["data"]["id"]
