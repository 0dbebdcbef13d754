from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import SECRET
from tests.stand_ins.application import Application

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def application() -> Iterator[Application]:
    """The application under development, up."""
    made = Application(SECRET)
    yield made
    made.close()


def numbered(n: int, connection: str = "conn_abc123", **more: Any) -> bytes:
    """A body of its own, as no JSON writer of ours would put it."""
    body = {
        "event": "data.update",
        "timestamp": f"2026-03-25T15:00:{n % 60:02}Z",
        "connection_id": connection,
        "resource_type": "unit",
        "data": {"id": f"unit_{n}", "property_id": "prop_001", "n": n},
    }
    return json.dumps(body | more, indent=3).encode() + b"\r\n"
