from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.billing.rubs import LeasePhase, Occupancy, affects_rubs, classify, lease_phase

TODAY = "2026-03-25"


@pytest.mark.parametrize(
    "field",
    [
        "occupant_count",
        "sqft",
        "bedrooms",
        "bathrooms",
        "property_id",
        "lease",
        "lease.status",
        "lease.start_date",
        "lease.end_date",
    ],
)
def test_what_splits_a_bill_counts(field: str) -> None:
    assert affects_rubs(field, 1, 2)


@pytest.mark.parametrize(
    "field", ["unit_number", "lease.resident_name", "name", "email", "phone", "address", "x"]
)
def test_names_and_addresses_never_count(field: str) -> None:
    assert not affects_rubs(field, "a", "b")


STATUSES = {
    "vacant-to-occupied": ("vacant", "occupied", True),
    "occupied-to-vacant": ("occupied", "vacant", True),
    "notice-is-still-occupied": ("occupied", "Notice Unrented", False),
    "notice-to-vacant": ("on_notice", "vacant", True),
    "let-but-not-moved-in": ("vacant", "Vacant Rented Not Ready", False),
    "moved-in": ("Vacant Rented Ready", "Occupied No Notice", True),
    "in-other-letters": ("vacant", "VACANT", False),
    "with-other-dashes": ("not-ready", "not_ready", False),
    "a-model": ("vacant", "Model", True),
    "a-model-to-an-office": ("model", "office", True),
    "from-a-model": ("model", "vacant", True),
    "unknown": ("occupied", "flooded", True),
    "unknown-to-unknown": ("flooded", "burnt", True),
    "from-unknown": ("flooded", "occupied", True),
    "leased-says-nothing": ("vacant", "leased", True),
    "removed": ("occupied", None, True),
    "first-said": (None, "vacant", True),
    "no-text": ("occupied", 7, True),
}


@pytest.mark.parametrize(("old", "new", "counts"), STATUSES.values(), ids=STATUSES)
def test_a_status_counts_when_somebody_else_bears_the_share(
    old: Any, new: Any, counts: bool
) -> None:
    assert affects_rubs("status", old, new) is counts


CLASSES: dict[Occupancy, list[str | None]] = {
    Occupancy.OCCUPIED: [
        "occupied",
        "Occupied No Notice",
        "Occupied On Notice",
        "notice",
        "on notice",
        "Notice Unrented",
        "evict",
        "occupied_on_notice",
        "Notice Rented",
        "leased_on_notice",
        " OCCUPIED  ",
        "Eviction",
    ],
    Occupancy.VACANT: [
        "vacant",
        "Vacant Rented Ready",
        "Vacant Rented Not Ready",
        "Vacant Unrented Ready",
        "Vacant Unrented Not Ready",
        "Vacant-Leased",
        "available",
        "reserved",
        "not_ready",
        "pending",
    ],
    Occupancy.SPECIAL: [
        "Model",
        "Down",
        "Admin",
        "Employee",
        "Office",
        "Commercial",
        "construction",
        "Excluded",
        "Waitlist",
    ],
    Occupancy.UNKNOWN: [
        None,
        "",
        "leased",
        "flooded",
        "unoccupied?",
        "not vacant",
        "vacantoccupied",
    ],
}


@pytest.mark.parametrize(
    ("status", "expected"), [(text, kind) for kind, texts in CLASSES.items() for text in texts]
)
def test_a_status_is_one_of_four(status: str | None, expected: Occupancy) -> None:
    assert classify(status) is expected


PHASES = {
    "future-by-status": ("future", None, None, LeasePhase.FUTURE),
    "status-beats-dates": ("Pending", "2020-01-01", None, LeasePhase.FUTURE),
    "active-although-it-starts-later": ("active", "2026-04-01", None, LeasePhase.CURRENT),
    "notice": ("on_notice", None, None, LeasePhase.CURRENT),
    "month-to-month": ("Month-to-Month", "2020-01-01", "2021-01-01", LeasePhase.CURRENT),
    "evicted-may-still-live-there": ("EVICTED", None, None, LeasePhase.CURRENT),
    "past": ("former", None, None, LeasePhase.ENDED),
    "cancelled": ("Cancelled", "2026-04-01", None, LeasePhase.ENDED),
    "unknown-status": ("weird", "2026-01-01", None, LeasePhase.UNKNOWN),
    "nothing-said": (None, None, None, LeasePhase.UNKNOWN),
    "starts-tomorrow": (None, "2026-03-26", None, LeasePhase.FUTURE),
    "starts-today": (None, TODAY, None, LeasePhase.CURRENT),
    "ends-today": (None, "2025-03-26", TODAY, LeasePhase.CURRENT),
    "ended-yesterday": (None, "2025-03-25", "2026-03-24", LeasePhase.ENDED),
    "open": (None, "2020-01-01", None, LeasePhase.CURRENT),
    "only-an-end": (None, None, "2026-12-31", LeasePhase.UNKNOWN),
}


@pytest.mark.parametrize(("status", "start", "end", "phase"), PHASES.values(), ids=PHASES)
def test_where_a_lease_stands(
    status: str | None, start: str | None, end: str | None, phase: LeasePhase
) -> None:
    assert lease_phase(status, start, end, TODAY) is phase


@given(st.none() | st.text(max_size=30))
def test_no_status_raises_and_none_is_guessed_vacant(status: str | None) -> None:
    lease_phase(status, None, None, TODAY)
    if classify(status) is Occupancy.VACANT:
        assert status is not None
        assert " ".join(status.lower().replace("_", " ").replace("-", " ").split()) in {
            "available", "reserved", "not ready", "pending",
        } or status.strip(" _-").lower().startswith("vacant")  # fmt: skip
