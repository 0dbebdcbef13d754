"""What was fetched, in our own words, before anything of it is applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from store.records import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """A unit as the API lists it. What is null or makes no sense there is not said."""

    unit_id: str
    property_id: str | None
    values: Mapping[str, Any]
    """Fields of `store.records.Unit` by name."""
    vacant: bool | None = None
    """The flag that stands where there is no status."""
    has_lease: bool = False
    """Whether the record itself says which lease is current."""
    lease: Lease | None = None
    changed_at: datetime | None = None
    """When the record last changed, by the sender's clock."""


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a resident lives under a lease; dates are ISO 8601, None where not known."""

    moved_in: str | None = None
    moved_out: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFacts:
    """A lease as the API lists it."""

    lease_id: str
    unit_id: str | None
    property_id: str | None
    values: Mapping[str, Any]
    """Fields of `store.records.LeaseRecord` by name, without the ids and the status."""
    statuses: tuple[str, ...] = ()
    """Texts that say where it stands, the most telling first."""
    moved_out: str | None = None
    """The day on which it really ended."""
    stays: tuple[Stay, ...] = ()
    """Of everybody who lives there; guarantors do not."""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All units and leases of some properties, as of one moment."""

    connection_id: str
    properties: frozenset[str]
    """The properties that were asked for."""
    as_of: datetime
    """Everything that happened until then is in it, by the sender's clock."""
    units: tuple[UnitFacts, ...]
    leases: tuple[LeaseFacts, ...] = ()
    whole: bool = False
    """Whether all of the connection was listed, and not its linked properties only."""
    complete: bool = True
    """Whether as many records were listed as the API said that there are."""
    requests: int = 0
    """How many pages it took."""
    problems: tuple[str, ...] = field(default=())
    """Records that could not be read, as phrases."""
