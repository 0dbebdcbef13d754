"""What happened to them: changes, notifications and synchronisations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from store.records.arrivals import Json
    from store.records.words import ChangeSource, NotificationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one unit, or of its lease, with its old and new value."""

    id: int
    at: datetime
    event_id: int | None
    source: ChangeSource
    connection_id: str
    property_id: str | None
    unit_id: str
    unit_number: str | None
    field: str
    old: Json
    new: Json
    affects_rubs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Something a person should look at."""

    id: int
    at: datetime
    kind: NotificationKind
    text: str
    event_id: int | None
    connection_id: str | None
    property_id: str | None
    unit_id: str | None
    dismissed_at: datetime | None = None
    """When a person had seen enough of it; None while nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """A full synchronisation that Propexo reported as finished."""

    connection_id: str
    sync_id: str | None
    event_id: int
    at: datetime
    stats: Mapping[str, Json] = field(default_factory=dict)
