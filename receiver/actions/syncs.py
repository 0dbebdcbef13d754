"""A synchronisation finished: it is recorded with what it counted, and a refresh is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from receiver.actions.effects import Effect
from store.processing.effects import Finish
from store.records import ConnectionRecord, EventState, Outcome

if TYPE_CHECKING:
    from receiver.actions.effects import Occurrence, Records


def record_sync(occurrence: Occurrence, records: Records) -> Effect:
    """Notes when the connection was last synchronised, and the statistics as sent."""
    known = records.connection(occurrence.connection_id) or ConnectionRecord(
        connection_id=occurrence.connection_id
    )
    latest = max(filter(None, (known.last_sync_at, occurrence.facts.timestamp)))
    record = replace(known, last_sync_at=latest)
    if occurrence.no_refresh is not None:
        finish = Finish(
            state=EventState.PROCESSED,
            outcome=Outcome.SKIPPED,
            error=f"The sync is recorded, and nothing was refreshed: {occurrence.no_refresh}",
            sync=occurrence.body,
        )
        return Effect(finish, (record,))
    # The refresh goes on beside the queue, and ends the event.
    return Effect(Finish(state=EventState.PROCESSING, sync=occurrence.body), (record,))
