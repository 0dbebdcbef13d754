"""Payloads that are made rather than kept, because a file of them would be too large."""

from __future__ import annotations

import json
from typing import Any

_MEBIBYTE = 1 << 20
_FIELDS = 9_000
_UNIT: dict[str, Any] = {
    "event": "data.new",
    "timestamp": "2026-03-25T14:30:00.000000Z",
    "connection_id": "conn_abc123",
    "resource_type": "unit",
    "data": {
        "id": "unit_large",
        "property_id": "prop_001",
        "unit_number": "999",
        "sqft": 950,
        "status": "vacant",
    },
}


def make(recipe: str) -> bytes:
    """The body of a recipe: `large` has exactly 1 MiB, `too_large` a byte more.

    It stays so large with a fresh timestamp, which has as many characters.

    Raises:
        KeyError: there is no such recipe.
    """
    return _padded({"large": _MEBIBYTE, "too_large": _MEBIBYTE + 1}[recipe])


def _padded(size: int) -> bytes:
    notes = {f"note_{number:05}": "x" * 90 for number in range(_FIELDS)}
    payload = _UNIT | {"data": _UNIT["data"] | {"notes": notes, "rest": ""}}
    missing = size - len(_write(payload))
    payload["data"]["rest"] = "y" * missing
    return _write(payload)


def _write(payload: dict[str, Any]) -> bytes:
    # As edits write it, so that a fresh timestamp changes nothing else.
    return json.dumps(payload, separators=(",", ":")).encode("ascii")
