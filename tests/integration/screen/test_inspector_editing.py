"""A payload that is edited in the inspector, and sent."""

from __future__ import annotations

import json
from typing import Any

from store.reading.deliveries import read_content
from tests.integration.screen.webhooks import NEW_UNIT, UNIT


async def test_an_edited_payload_is_checked_signed_and_sent_as_a_new_event(
    bench: Any, open_inspector: Any
) -> None:
    async with open_inspector(NEW_UNIT) as display:
        await display.press("e")
        await display.shows("Edit delivery 1")
        await display.shows("✓ byte for byte as it came")
        editor = display.app.screen.query_one("#editor")
        editor.text = json.dumps(NEW_UNIT | {"data": UNIT | {"sqft": "nine"}})
        await display.shows(
            "1 changed", '! line 1: sqft has to be a number or null, and is "nine".'
        )
        editor.text = "{"
        await display.shows("✗ no JSON at 1:2: expecting property name")
        await display.press("ctrl+s")
        await display.tells("Nothing was sent.")
        editor.text = json.dumps(NEW_UNIT | {"data": UNIT | {"sqft": 975}})
        await display.press("ctrl+s")
        await display.tells("Edited 1: 200")
        await display.shows("Delivery 1")
    (first, second) = bench.settle()
    assert second.timestamp > first.timestamp
    assert second.outcome == "updated"
    sent = bench.deliveries()[1]
    assert (sent.origin, sent.replay_of, sent.verdict) == ("replay", 1, "valid")


async def test_an_edited_payload_is_laid_out_and_only_then_has_other_bytes(
    bench: Any, open_inspector: Any
) -> None:
    async with open_inspector(NEW_UNIT) as display:
        await display.press("e")
        await display.shows("✓ byte for byte as it came")
        await display.press("ctrl+l")
        await display.shows('"connection_id": "conn_abc123",')
        await display.shows("✓ only the layout differs")
        await display.press("ctrl+z")
        await display.shows("✓ byte for byte as it came")
        await display.press("ctrl+l", "ctrl+n")
        await display.press("ctrl+t")
        await display.tells("Edited 1: 401")
        await display.press("e")
        await display.shows("✓ byte for byte as it came")
        await display.press("ctrl+t")
        await display.tells("Edited 1: 200")
    (body, joined, untouched) = [bench.read(read_content, number).body for number in (1, 2, 3)]
    assert joined == json.dumps(NEW_UNIT, separators=(",", ":")).encode() != body
    assert untouched == body


async def test_a_layout_is_sent_as_it_is_with_a_fresh_timestamp(
    bench: Any, open_inspector: Any
) -> None:
    async with open_inspector(NEW_UNIT) as display:
        await display.press("e")
        await display.shows("byte for byte as it came")
        await display.press("ctrl+l")
        await display.shows("✓ only the layout differs")
        await display.press("ctrl+s")
        await display.tells("Edited 1: 200")
    laid = json.dumps(NEW_UNIT, indent=2)
    sent = bench.read(read_content, 2).body.decode()
    fresh = json.loads(sent)["timestamp"]
    assert fresh != NEW_UNIT["timestamp"]
    assert sent == laid.replace(str(NEW_UNIT["timestamp"]), fresh)


async def test_lines_that_end_in_two_ways_are_sent_as_they_came(
    bench: Any, open_inspector: Any
) -> None:
    body = json.dumps(NEW_UNIT, indent=1).replace("\n", "\r\n", 3).encode()
    async with open_inspector(body) as display:
        await display.press("e")
        await display.shows("byte for byte as it came")
        await display.press("ctrl+t")
        await display.tells("Edited 1: 200")
    assert bench.read(read_content, 2).body == body


async def test_an_edited_payload_with_its_old_signature_is_refused(
    bench: Any, open_inspector: Any
) -> None:
    async with open_inspector(NEW_UNIT) as display:
        await display.press("e")
        await display.shows("Edit delivery 1")
        display.app.screen.query_one("#editor").text = json.dumps(NEW_UNIT | {"x": 1})
        await display.press("ctrl+t")
        await display.tells("Edited 1: 401")
    assert bench.deliveries()[1].verdict == "invalid"
