"""What a refresh says: whether its list can be trusted, what does not add up, and what it found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from receiver.actions.telling import name_of
from receiver.billing.bills import MOST_UNITS, describe_effect, effect_of
from receiver.billing.rubs import affects_rubs
from store.processing.effects import FieldChange, Notice
from store.records import ChangeSource, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from receiver.billing.bills import Allocation
    from receiver.refreshing.facts import Snapshot
    from receiver.refreshing.reconciliation import Reconciled
    from store.records import Json, Unit

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Trust:
    """Whether units that are not listed are missing."""

    doubts: tuple[str, ...]
    """Why not, as phrases; none when the list can be trusted to be whole."""
    drift: tuple[str, ...]
    """Counts that differ, as sentences that say what it means."""


def judge_snapshot(snapshot: Snapshot, body: Mapping[str, Any], known_units: int) -> Trust:
    """Compares a snapshot with what `sync.complete` said of itself.

    Args:
        snapshot: what was fetched.
        body: the event; `errors` and the counts are in its `stats`. What the published API's own
            event says (`failed_job_count`, `is_sync_finished`, `models_synced`) counts as well.
        known_units: how many units of the properties that were asked for are known.
    """
    doubts = list(_doubts_of_sync(body))
    drift = []
    if not snapshot.complete:
        doubts.append("fewer records were listed than the API says that there are")
    if known_units and not snapshot.units:
        doubts.append("no unit at all was listed")
        drift.append(
            f"Propexo's API lists no unit, and {known_units:,} are known here. Check that the "
            "connection's id and the API key belong together."
        )
    for what, told, listed in _counts(snapshot, _stats(body)):
        if listed < told:
            doubts.append(f"the sync counted {told:,} {what} and {listed:,} were listed")
        if listed < told or (listed > told and what == "units"):
            drift.append(
                f"The sync counted {told:,} {what}, the API lists {listed:,}: they changed in "
                "between, or the sync did not reach all of them."
            )
    return Trust(tuple(doubts), tuple(drift))


def _doubts_of_sync(body: Mapping[str, Any]) -> list[str]:
    errors = _number(_stats(body).get("errors")) or _number(body.get("failed_job_count"))
    doubts = [f"the sync reports {errors:,} error{'' if errors == 1 else 's'}"] if errors else []
    if body.get("is_sync_finished") is False:
        doubts.append("the sync ended unfinished")
    models = body.get("models_synced")
    if isinstance(models, list) and not {"unit", "units"} & {str(each).lower() for each in models}:
        doubts.append("the sync was not of units")
    return doubts


def _counts(snapshot: Snapshot, stats: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """What was counted twice: by the sync, and by us. Only a whole connection can be compared."""
    if not snapshot.whole:
        return []
    listed = {"units": len(snapshot.units), "leases": len(snapshot.leases)}
    told = {what: _number(stats.get(f"{what}_synced")) for what in listed}
    return [(what, count, listed[what]) for what, count in told.items() if count is not None]


def changes_of(found: Reconciled) -> tuple[FieldChange, ...]:
    """A change for every field that a refresh found otherwise."""
    return tuple(
        FieldChange(
            connection_id=after.connection_id,
            property_id=after.property_id,
            unit_id=after.unit_id,
            unit_number=after.unit_number,
            field=difference.field,
            old=difference.old,
            new=difference.new,
            affects_rubs=affects_rubs(*difference),
            source=ChangeSource.REFRESH,
        )
        for _, after, differences in found.changed
        for difference in differences
    )


def notices_of(
    found: Reconciled,
    trust: Trust,
    connection_id: str,
    units: Collection[Unit],
    allocation: Allocation,
) -> tuple[Notice, ...]:
    """One notification for all that a refresh found, and one for what does not add up.

    Args:
        found: what differs.
        trust: what does not add up.
        connection_id: whose refresh it is.
        units: every unit of the connection, as it is after the refresh.
        allocation: how bills are divided.
    """
    notices = []
    if found.created or found.changed:
        text = " ".join([_summary(found), *_effects(found, units, allocation)])
        notices.append(_notice(NotificationKind.REFRESH, text, connection_id))
    if trust.drift:
        notices.append(_notice(NotificationKind.DRIFT, " ".join(trust.drift), connection_id))
    return tuple(notices)


def _summary(found: Reconciled) -> str:
    differ = len(found.changed) - found.missing
    parts = [
        f"{number:,} unit{'' if number == 1 else 's'} {words[number != 1]}"
        for number, words in (
            (differ, ("differs", "differ")),
            (len(found.created), ("is new", "are new")),
            (found.missing, ("is no longer listed", "are no longer listed")),
        )
        if number
    ]
    relevant = [
        after
        for _, after, differences in found.changed
        if any(affects_rubs(*difference) for difference in differences)
    ]
    text = f"The refresh after a sync found what no event had told: {', '.join(parts)}."
    return text + (f" {_affected(relevant)}" if relevant else "")


def _affected(relevant: Sequence[Unit]) -> str:
    names = [name_of(unit) for unit in relevant[:_MOST_NAMED]]
    more = len(relevant) - len(names)
    verb = "affects" if len(relevant) == 1 else "affect"
    listed = ", ".join(names) + (f" and {more:,} more" if more > 0 else "")
    return f"{len(relevant):,} {verb} RUBS: {listed}."


def _effects(found: Reconciled, units: Collection[Unit], allocation: Allocation) -> list[str]:
    """What it does to the bill, where that is one building's."""
    touched = Counter(after.property_id for _, after, _ in found.changed)
    touched.update(unit.property_id for unit in found.created)
    if len(touched) != 1:
        return []
    [property_id] = touched
    here = [unit for unit in units if unit.property_id == property_id]
    before = [was for was, _, _ in found.changed]
    if found.created or len(here) > MOST_UNITS:
        return []
    sentence = describe_effect(effect_of(here, before, allocation))
    return [f"{sentence}."] if sentence else []


def _notice(kind: NotificationKind, text: str, connection_id: str) -> Notice:
    return Notice(kind=kind, text=text, connection_id=connection_id)


def _stats(body: Mapping[str, Any]) -> Mapping[str, Json]:
    stats = body.get("stats")
    return stats if isinstance(stats, dict) else {}


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
