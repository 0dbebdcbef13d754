"""The wall clock."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time in UTC; only ever shown, never used for order or expiry."""
    return datetime.now(UTC)
