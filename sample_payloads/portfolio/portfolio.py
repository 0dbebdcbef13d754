"""The records of one or more connections, and how they belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sample_payloads.portfolio.holdings import Apartment, Premises, Tenancy

if TYPE_CHECKING:
    from datetime import date, datetime


class NoSuchRecordError(LookupError):
    """Nothing in the portfolio is what was asked for; `str()` says what."""


class Portfolio:
    """Buildings, apartments and tenancies by (connection, id). To be used from one thread."""

    def __init__(self, day: date) -> None:
        """An empty portfolio.

        Args:
            day: today, as the PMS has it: what tenancies that begin or end now are dated by.
        """
        self.day = day
        self.premises: dict[tuple[str, str], Premises] = {}
        self.apartments: dict[tuple[str, str], Apartment] = {}
        self.tenancies: dict[tuple[str, str], Tenancy] = {}
        self._of_apartment: dict[tuple[str, str], list[str]] = {}

    def put(self, record: Premises | Apartment | Tenancy) -> None:
        """Adds a record, or puts it in the place of the one with its id."""
        key = (record.connection_id, record.id)
        if isinstance(record, Premises):
            self.premises[key] = record
        elif isinstance(record, Apartment):
            self.apartments[key] = record
        else:
            self._file_tenancy(key, record)

    def _file_tenancy(self, key: tuple[str, str], tenancy: Tenancy) -> None:
        before = self.tenancies.get(key)
        if before is not None:
            self._of_apartment[before.connection_id, before.unit_id].remove(before.id)
        self._of_apartment.setdefault((tenancy.connection_id, tenancy.unit_id), []).append(
            tenancy.id
        )
        self.tenancies[key] = tenancy

    def touch(
        self, record: Premises | Apartment | Tenancy, at: datetime, **changes: object
    ) -> None:
        """Changes fields of a record at an instant."""
        self.put(replace(record, **changes, updated_at=at))  # type: ignore[arg-type]

    def building(self, connection_id: str, property_id: str) -> Premises:
        """A building; raises `NoSuchRecordError`."""
        found = self.premises.get((connection_id, property_id))
        if found is None:
            raise NoSuchRecordError(f"{connection_id} has no building {property_id}")
        return found

    def buildings_of(self, connection_id: str) -> list[Premises]:
        """The buildings of a connection, in the order in which they were added."""
        return [each for each in self.premises.values() if each.connection_id == connection_id]

    def apartments_of(self, connection_id: str, property_id: str | None = None) -> list[Apartment]:
        """The apartments of a building, or of all of a connection, in the order added."""
        return [
            each
            for each in self.apartments.values()
            if each.connection_id == connection_id and property_id in (None, each.property_id)
        ]

    def tenancies_of(self, apartment: Apartment) -> list[Tenancy]:
        """Every tenancy of an apartment, past and future ones included, in the order added."""
        connection_id = apartment.connection_id
        ids = self._of_apartment.get((connection_id, apartment.id), [])
        return [self.tenancies[connection_id, each] for each in ids]

    def tenancy_now(self, apartment: Apartment) -> Tenancy | None:
        """Under which tenancy somebody lives in an apartment."""
        return next((each for each in self.tenancies_of(apartment) if each.terms.current), None)

    def counts(self, connection_id: str) -> dict[str, int]:
        """What a full sync of a connection counts, in the words of `sync.complete`."""
        tenancies = (t for t in self.tenancies.values() if t.connection_id == connection_id)
        return {
            "properties_synced": len(self.buildings_of(connection_id)),
            "units_synced": len(self.apartments_of(connection_id)),
            "leases_synced": sum(1 for _ in tenancies),
        }
