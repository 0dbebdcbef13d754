"""What processing an event does, before it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.records import (
        ChangeSource,
        EventState,
        Json,
        NotificationKind,
        Outcome,
        Reason,
    )


class FieldChange(NamedTuple):
    """A changed field of a unit, before it is written down."""

    connection_id: str
    property_id: str | None
    unit_id: str
    unit_number: str | None
    field: str
    old: Json
    new: Json
    affects_rubs: bool
    source: ChangeSource


class Notice(NamedTuple):
    """A notification, before it is written down."""

    kind: NotificationKind
    text: str
    connection_id: str | None = None
    property_id: str | None = None
    unit_id: str | None = None


class Finish(NamedTuple):
    """How processing an event ended."""

    state: EventState
    outcome: Outcome | None = None
    reason: Reason | None = None
    error: str | None = None
    changes: tuple[FieldChange, ...] = ()
    notices: tuple[Notice, ...] = ()
    sync: Mapping[str, Json] | None = None
    """The body of a `sync.complete`, to be recorded."""
