"""A backlog in which everything occurs that processing tells apart, the same on every machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from receiver.judging.signing import Secrets, sign
from tests.stand_ins.arrivals import judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from store.records import Arrival

_T = TypeVar("_T")
_SECRETS = Secrets(current=b"the secret of the backlog")
_BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
UNLINKED, UNREGISTERED, UNWRITABLE = "prop_unlinked", "conn_new", "u13"
"""A property and a connection that a test may link and register later, and a unit that it may have
the store refuse."""
Fields = dict[str, Any]


def arrive(seed: int, count: int) -> list[Arrival]:
    """So many deliveries: most of them events, some repeated, some refused.

    Args:
        seed: the same seed gives the same deliveries, and more of them the same ones first.
        count: how many.
    """
    arrivals: list[Arrival] = []
    for body in _Sender(seed).bodies():
        arrivals.append(_arrival(len(arrivals), body))
        if len(arrivals) == count:
            break
    return arrivals


def _arrival(number: int, body: bytes) -> Arrival:
    signed = body[:-1] if number % 23 == 5 else body
    signature = sign(_SECRETS.current, signed)
    return judged(body, _SECRETS, _BEGIN + timedelta(seconds=number), signature=signature)


class _Sender:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def bodies(self) -> Iterator[bytes]:
        sent: list[bytes] = []
        while True:
            again = sent and self._chance(0.05)
            body = self._pick(sent) if again else self._body(len(sent))
            sent.append(body)
            yield body

    def _chance(self, part: float) -> bool:
        return self._random.random() < part

    def _pick(self, values: Sequence[_T]) -> _T:
        # Only `random` itself is promised to give the same in every version of Python.
        return values[int(self._random.random() * len(values))]

    def _some(self, fields: Mapping[str, Sequence[Any]], share: float = 0.7) -> Fields:
        """A value for each of some of the fields."""
        return {name: self._pick(values) for name, values in fields.items() if self._chance(share)}

    def _body(self, number: int) -> bytes:
        kind = self._pick(["unit"] * 11 + ["lease"] * 4 + ["resident"] * 2 + ["property"] * 2)
        late = self._pick([0, 0, 0, 1, 2, 40])
        body: Fields = {
            "event": self._pick(_EVENTS),
            "timestamp": (_BEGIN + timedelta(minutes=number - late)).isoformat(),
            "connection_id": self._pick(["conn_abc123"] * 16 + ["conn_other", *[UNREGISTERED] * 2]),
            "resource_type": "widget" if self._chance(0.02) else kind,
            "data": self._data(kind),
            "note": number,
        }
        if self._chance(0.4):
            body["changes"] = self._pick(_CHANGES)
        return json.dumps(body, ensure_ascii=self._chance(0.5)).encode()

    def _data(self, kind: str) -> Fields:
        home = self._pick(["prop_001"] * 12 + ["prop_002"] * 3 + [UNLINKED, "prop_003"])
        said = {"property_id": home} if self._chance(0.85) else {}
        if kind == "unit":
            lease = {"current_lease": self._current_lease()} if self._chance(0.6) else {}
            return {"id": f"u{self._number(24)}"} | said | self._some(_UNIT) | lease
        if kind == "lease":
            return {"id": self._pick(_LEASES)} | said | self._lease_of_unit()
        if kind == "resident":
            return {"id": f"r{self._number(9)}"} | said | self._some(_RESIDENT)
        return {"id": self._pick(["prop_001", "prop_003", "prop_004", UNLINKED])} | self._some(
            _PROPERTY
        )

    def _lease_of_unit(self) -> Fields:
        return {"unit_id": f"u{self._number(24)}"} | self._some(_LEASE)

    def _number(self, most: int) -> int:
        return 1 + int(self._random.random() * most)

    def _current_lease(self) -> Any:
        if self._chance(0.3):
            return self._pick([None, {"id": "l9"}, "l2", 5])
        return self._some({"id": _LEASES} | _LEASE)


_EVENTS = [
    *["data.update"] * 24,
    *["data.new"] * 8,
    *["sync.complete", "test.ping", "data.delete", "unknown.thing"],
]
_LEASES = ["l1", "l2", "l3", "l4"]
_UNIT: dict[str, Sequence[Any]] = {
    "unit_number": [305, "305", "Aé", None, True],
    "status": ["vacant", "Occupied", "occupied", "notice-unrented", "model", "flooded", None, 7],
    "sqft": [900, 950, 950.0, "950", 1.5, 1e3, -5, "big", None, 10**18],
    "bedrooms": [0, 1, 2, 2.5, "2"],
    "bathrooms": [1, 1.5, 2],
}
_LEASE: dict[str, Sequence[Any]] = {
    "status": ["active", "active", "ended", "future", "odd", None],
    "resident_name": ["Ann", "Bö", "\u202eevil", None],
    "occupant_count": [0, 1, 2, 3, "2", 2.0, None, -1, "x"],
    "start_date": ["2026-03-01", "2026-04-01", "2026-05-01", "nonsense", None],
    "end_date": ["2027-03-31", "2026-03-31", None],
}
_RESIDENT: dict[str, Sequence[Any]] = {
    "unit_id": ["u1", "u2"],
    "lease_id": ["l1", None],
    "name": ["Ann", "Bö"],
    "email": ["a@b.c", 5],
    "phone": ["1", None],
}
_PROPERTY: dict[str, Sequence[Any]] = {
    "name": ["House", "Haus"],
    "address": ["1 Road", {"street": "1 Road", "city": "Town"}],
}
_CHANGES: Sequence[Any] = [
    {"sqft": {"old": 900, "new": 950}},
    {"sqft": {"old": "900", "new": 900}, "status": {"old": "vacant", "new": "occupied"}},
    {"current_lease": {"old": None, "new": "l1"}},
    {"current_lease": {"old": "l1", "new": None}},
    {"lease.x": 5, "bedrooms": {"old": "many", "new": 2}},
    {},
    "text",
]
