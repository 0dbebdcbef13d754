"""Where a unit stands, and what is said where things do not fit together."""

from __future__ import annotations

from datetime import date

import pytest

from receiver.billing.occupancy import describe_standing, settle
from store.records import Lease, Occupancy, Unit

TODAY = date(2026, 3, 25)


def unit(status: str | None, start: str | None = None, occupancy: Occupancy | None = None) -> Unit:
    lease = Lease(lease_id="l", start_date=start) if start else None
    return Unit(connection_id="c", unit_id="u", status=status, lease=lease, occupancy=occupancy)


@pytest.mark.parametrize(
    ("status", "start", "said"),
    [
        ("occupied", "2026-04-01", "occupied by status, leased from 2026-04-01"),
        ("notice", "2026-04-01", "occupied by status, leased from 2026-04-01"),
        ("occupied", "2026-03-25", None),
        ("vacant", "2026-04-01", "leased from 2026-04-01"),
        ("vacant", "2026-03-01", "vacant by status, leased since 2026-03-01"),
        ("occupied", None, None),
        ("vacant", None, None),
        ("model", "2026-04-01", None),
        (None, None, None),
    ],
)
def test_what_does_not_fit_is_said(status: str | None, start: str | None, said: str | None) -> None:
    assert describe_standing(unit(status, start), TODAY) == said


def test_a_status_that_is_not_known_is_flagged() -> None:
    strange = unit("flooded", occupancy=Occupancy.OCCUPIED)
    assert describe_standing(strange, TODAY) == (
        '"flooded" is no status that is known; it counts as occupied as before'
    )


@pytest.mark.parametrize(
    ("status", "before", "after"),
    [
        ("vacant", Occupancy.OCCUPIED, Occupancy.VACANT),
        ("flooded", Occupancy.OCCUPIED, Occupancy.OCCUPIED),
        ("flooded", Occupancy.VACANT, Occupancy.VACANT),
        ("flooded", None, Occupancy.UNKNOWN),
        (None, Occupancy.VACANT, Occupancy.VACANT),
        ("model", Occupancy.UNKNOWN, Occupancy.SPECIAL),
    ],
)
def test_an_unknown_status_keeps_the_class(
    status: str | None, before: Occupancy | None, after: Occupancy
) -> None:
    assert settle(status, before) is after
