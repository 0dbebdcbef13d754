"""Webhooks that name residents, for the tests of what is masked, and how a name is found again."""

from __future__ import annotations

from typing import Any

NAME = "Zebulon Quux"
MAIL = "zq@example.com"


def lease(second: int, name: str) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": f"2026-03-26T10:00:0{second}Z",
        "connection_id": "conn_abc123",
        "resource_type": "lease",
        "data": {
            "id": "lease_1",
            "property_id": "prop_001",
            "unit_id": "unit_1",
            "status": "current",
            "resident_name": name,
            "start_date": "2026-01-01",
            "remark": f"{name.upper()} asked to be called {name}, or {MAIL}",
        },
    }


UNIT = lease(0, "") | {
    "event": "data.new",
    "resource_type": "unit",
    "data": {"id": "unit_1", "property_id": "prop_001", "unit_number": "101", "status": "vacant"},
}


def personal(text: str) -> list[str]:
    """What of a text is people's."""
    flat = text.casefold()
    return [word for word in ("zebulon", "quux", "zq@", "ada lovelace") if word in flat]
