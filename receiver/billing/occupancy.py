"""Where a unit stands: who bears its share, and what does not fit together in what is known of it.

A status that is not known never changes who pays: the unit keeps the class it had, and somebody is
told. Occupied by status and leased from later on is said as exactly that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.billing.rubs import Occupancy, classify

if TYPE_CHECKING:
    from datetime import date

    from store.records import Unit


_UNKNOWN = Occupancy.UNKNOWN


def settle(status: str | None, before: Occupancy | None) -> Occupancy:
    """The class of a unit after a status came: that of the status, else the one before."""
    told = classify(status)
    return (before or told) if told is _UNKNOWN else told


def occupancy_of(unit: Unit) -> Occupancy:
    """Who bears the share of a unit now."""
    return unit.occupancy or classify(unit.status)


def is_doubtful(unit: Unit) -> bool:
    """Whether its status is a text that is none of the known ones."""
    return unit.status is not None and classify(unit.status) is Occupancy.UNKNOWN


def describe_standing(unit: Unit, today: date) -> str | None:
    """What a person should know beside the status, or None; holds foreign text.

    `today` decides whether a lease has begun.
    """
    occupancy, lease = occupancy_of(unit), unit.lease
    if is_doubtful(unit):
        return f'"{unit.status}" is no status that is known; it counts as {occupancy} as before'
    if lease is None or lease.start_date is None:
        return None
    begins = lease.start_date > today.isoformat()
    if occupancy is Occupancy.OCCUPIED and begins:
        return f"occupied by status, leased from {lease.start_date}"
    if occupancy is Occupancy.VACANT and begins:
        return f"leased from {lease.start_date}"
    if occupancy is Occupancy.VACANT:
        return f"vacant by status, leased since {lease.start_date}"
    return None
