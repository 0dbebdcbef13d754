"""The numbers that troubleshooting looks at: bounded queries over the newest rows.

They are asked every few seconds while deliveries arrive, so none of them reads the whole log: each
has a limit on the rows that it looks at, and goes by the key or by a partial index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.reading.search import SearchProgress, read_search_progress
from store.statistics.processing import (
    Backlog,
    Drift,
    FailureGroup,
    IgnoredGroup,
    Pace,
    RecentEnds,
    failure_groups,
    ignored_groups,
    read_backlog,
    recent_drift,
    recent_ends,
)
from store.statistics.registry import (
    MissingUnits,
    Registry,
    missing_units,
    read_registry,
)
from store.statistics.traffic import (
    DeliverySummary,
    LastFromNetwork,
    Refusal,
    Repetition,
    find_bodies,
    last_from_network,
    recent_deliveries,
    recent_refusals,
    repetitions,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "Backlog",
    "DeliverySummary",
    "Drift",
    "FailureGroup",
    "IgnoredGroup",
    "LastFromNetwork",
    "MissingUnits",
    "Pace",
    "RecentEnds",
    "Refusal",
    "Registry",
    "Repetition",
    "Statistics",
    "failure_groups",
    "find_bodies",
    "ignored_groups",
    "last_from_network",
    "missing_units",
    "read_backlog",
    "read_registry",
    "read_statistics",
    "recent_deliveries",
    "recent_drift",
    "recent_ends",
    "recent_refusals",
    "repetitions",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a store says about the newest of everything in it."""

    deliveries: tuple[DeliverySummary, ...]
    """The newest deliveries, newest first."""
    refusals: tuple[Refusal, ...]
    """The newest that were refused for another reason than their signature, newest first."""
    last_from_network: LastFromNetwork | None
    """The newest delivery from the network that was accepted."""
    repetitions: tuple[Repetition, ...]
    """Those of `deliveries` that repeat an earlier delivery from the network, newest first."""
    backlog: Backlog
    failures: tuple[FailureGroup, ...]
    ignored: tuple[IgnoredGroup, ...]
    ends: RecentEnds
    registry: Registry
    missing_units: MissingUnits
    drift: tuple[Drift, ...] = ()
    """The newest events that told of another past than the one that is known here."""
    search: SearchProgress | None = None
    """How far the full-text index has come."""


def read_statistics(connection: Connection) -> Statistics:
    """All of them. Measured: 14 ms, and 26 ms from a cold disk, with 300,000 deliveries."""
    deliveries = recent_deliveries(connection)
    return Statistics(
        deliveries=deliveries,
        refusals=recent_refusals(connection),
        last_from_network=last_from_network(connection),
        repetitions=repetitions(connection, deliveries),
        backlog=read_backlog(connection),
        failures=failure_groups(connection),
        ignored=ignored_groups(connection),
        ends=recent_ends(connection),
        registry=read_registry(connection),
        missing_units=missing_units(connection),
        drift=recent_drift(connection),
        search=read_search_progress(connection),
    )
