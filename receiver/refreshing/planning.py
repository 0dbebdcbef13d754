"""Which lists to fetch: the fewest requests that cover the linked properties of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.refreshing.paging import pages_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from store.records import Json


@dataclass(frozen=True, slots=True)
class Request:
    """One list of the API, with what it is narrowed down by."""

    path: str
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fetch."""

    units: tuple[Request, ...]
    leases: tuple[Request, ...]
    whole: bool
    """Whether all of the connection is listed, and not only its linked properties."""
    requests: int
    """How many pages that will be, as far as the counts that are known tell."""


def make_plan(
    connection_id: str,
    linked: Sequence[str],
    known_units: Mapping[str, int],
    stats: Mapping[str, Json],
) -> Plan:
    """The cheaper of two: all of the connection, or one linked property after the other.

    Args:
        connection_id: Propexo calls it `integration_id`.
        linked: the ids of the linked properties, at least one.
        known_units: how many units are known of each of them.
        stats: what `sync.complete` counted, if anything: `units_synced` and `leases_synced`.
    """
    told_units, told_leases = (
        _count(stats.get(name)) for name in ("units_synced", "leases_synced")
    )
    units = told_units if told_units is not None else sum(known_units.values())
    leases = told_leases if told_leases is not None else units
    all_pages = pages_of(units) + pages_of(leases)
    single_pages = 2 * sum(pages_of(known_units.get(each, 0)) for each in linked)
    integration = ("integration_id", connection_id)
    # Unless the sync counted, the connection may have more than is known of it.
    told = told_units is not None and told_leases is not None
    if all_pages < single_pages or (told and all_pages == single_pages):
        filters = (integration,)
        return Plan(
            (Request("units", filters),), (Request("leases", filters),), whole=True,
            requests=all_pages,
        )  # fmt: skip
    single = [(integration, ("property_id", property_id)) for property_id in linked]
    return Plan(
        tuple(Request("units", filters) for filters in single),
        tuple(Request("leases", filters) for filters in single),
        whole=False,
        requests=single_pages,
    )


def _count(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
