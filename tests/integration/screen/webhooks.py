"""Webhooks about one unit, for the tests of the screen, and how they are posted."""

from __future__ import annotations

import asyncio
from typing import Any

UNIT = {
    "id": "unit_xyz789",
    "property_id": "prop_001",
    "unit_number": "305",
    "sqft": 950,
    "bedrooms": 2,
    "bathrooms": 1,
    "status": "vacant",
}
NEW_UNIT = {
    "event": "data.new",
    "timestamp": "2026-03-25T14:30:00Z",
    "connection_id": "conn_abc123",
    "resource_type": "unit",
    "data": UNIT,
}
MOVE_IN = NEW_UNIT | {
    "event": "data.update",
    "timestamp": "2026-03-25T15:00:00Z",
    "data": UNIT | {"status": "occupied"},
}
HOSTILE = "[/][@click=app.quit]x[/] \x1b]52;c;cHdu\x07\x1b[2J \x9b2J \u202egnp.exe"


async def post(bench: Any, *arguments: Any, **named: Any) -> Any:
    """Posts from a thread, as somebody else would."""
    return await asyncio.to_thread(bench.post, *arguments, **named)
