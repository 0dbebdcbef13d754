"""What happens in a leasing office: every change of a portfolio, and the webhooks that tell of it.

A change is made once, in the portfolio, and told from there: so what the API lists afterwards is
what the webhooks said.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sample_payloads.portfolio.holdings import Apartment, Premises, Tenancy, Terms
from sample_payloads.portfolio.webhooks import (
    lease_data,
    property_data,
    public,
    resident_data,
    tell_new,
    tell_sync,
    tell_update,
    unit_data,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sample_payloads.edits import Timestamps
    from sample_payloads.portfolio.generation import Source
    from sample_payloads.portfolio.holdings import Tenant
    from sample_payloads.portfolio.portfolio import Portfolio
    from sample_payloads.portfolio.webhooks import Payload

_A_YEAR = timedelta(days=364)
_NOTICE_PERIOD = timedelta(days=30)


class Office:
    """Changes a portfolio. Every method makes its change at once and gives the webhooks, in order.

    A change of a unit's status, or of which lease it has, is told of the lease and then of the
    unit; a change of a lease's terms only of the lease.
    """

    def __init__(self, portfolio: Portfolio, source: Source, timestamps: Timestamps) -> None:
        """Opens for business.

        Args:
            portfolio: what is changed.
            source: who moves in, and ids.
            timestamps: the time of each webhook, each later than the one before.
        """
        self.portfolio = portfolio
        self._source = source
        self._timestamps = timestamps

    def import_all(self, connection_id: str) -> list[Payload]:
        """A connection as if all of it were new: each property, its leases, then its units.

        A lease comes before its unit, so that a unit arrives as it is and does not change at once.
        """
        told: list[Payload] = []
        for premises in self.portfolio.buildings_of(connection_id):
            told += self.tell_property(premises)
            apartments = self.portfolio.apartments_of(connection_id, premises.id)
            tenancies = [self.portfolio.tenancy_now(each) for each in apartments]
            told += [self._new(each, "lease", lease_data(each)) for each in tenancies if each]
            told += [self._new(each, "unit", public(self._unit_data(each))) for each in apartments]
        return told

    def tell_property(self, premises: Premises) -> list[Payload]:
        """A property that is new to Propexo."""
        return [self._new(premises, "property", property_data(premises))]

    def rename_property(self, premises: Premises, name: str) -> list[Payload]:
        """A property with another name."""
        before = property_data(premises)
        self.portfolio.touch(premises, self._now(), name=name)
        after = property_data(self.portfolio.building(premises.connection_id, premises.id))
        return [self._updated(premises.connection_id, "property", before, after)]

    def add_unit(self, premises: Premises, number: str) -> list[Payload]:
        """A unit that was built, or split off another; vacant."""
        at = self._now()
        apartment = self._source.apartment(premises.connection_id, premises.id, number, at)
        self.portfolio.put(apartment)
        return [self._new(apartment, "unit", public(unit_data(apartment, None)))]

    def correct_unit(self, apartment: Apartment, fields: Mapping[str, Any]) -> list[Payload]:
        """A unit with other values of `sqft`, `bedrooms`, `bathrooms`, `number` or `status`."""
        before = self._unit_data(apartment)
        self.portfolio.touch(apartment, self._now(), **fields)
        return self._update(apartment, before)

    def sign_lease(
        self, apartment: Apartment, *, occupants: int | None = None, days: int = 14
    ) -> list[Payload]:
        """A lease that begins in some days; until then the unit stays as it is."""
        at = self._now()
        start = self.portfolio.day + timedelta(days=days)
        tenancy = Tenancy(
            connection_id=apartment.connection_id,
            id=self._source.new_id("lease"),
            property_id=apartment.property_id,
            unit_id=apartment.id,
            tenants=self._source.household(occupants),
            start=start,
            end=start + _A_YEAR,
            terms=Terms.FUTURE,
            created_at=at,
            updated_at=at,
        )
        self.portfolio.put(tenancy)
        told = [self._new(tenancy, "lease", lease_data(tenancy))]
        return told + self._introduce(tenancy, tenancy.tenants)

    def move_in(self, apartment: Apartment, *, occupants: int | None = None) -> list[Payload]:
        """The lease that was signed for a unit begins; without one, one is signed today."""
        told: list[Payload] = []
        if self._next_tenancy(apartment) is None:
            told = self.sign_lease(apartment, occupants=occupants, days=0)
        tenancy = self._next_tenancy(apartment)
        assert tenancy is not None
        before = self._unit_data(apartment)
        told += self._revise(tenancy, terms=Terms.ACTIVE)
        self.portfolio.touch(apartment, self._now(), status="occupied")
        return told + self._update(apartment, before)

    def change_occupants(self, apartment: Apartment, count: int) -> list[Payload]:
        """More people live in a unit, or fewer; who signed the lease stays."""
        tenancy = self._tenancy(apartment)
        family = tenancy.tenants[0].name.partition(" ")[2]
        lacking = count - len(tenancy.tenants)
        new = tuple(self._source.tenant(family) for _ in range(lacking))
        told = self._revise(tenancy, tenants=(*tenancy.tenants[: max(count, 1)], *new))
        return told + self._introduce(tenancy, new)

    def renew(self, apartment: Apartment) -> list[Payload]:
        """A lease goes on for another year; one on notice does after all."""
        tenancy = self._tenancy(apartment)
        end = (tenancy.end or self.portfolio.day) + _A_YEAR
        before = self._unit_data(apartment)
        told = self._revise(tenancy, end=end, terms=Terms.ACTIVE)
        if apartment.status == "occupied":
            return told
        self.portfolio.touch(apartment, self._now(), status="occupied")
        return told + self._update(apartment, before)

    def give_notice(self, apartment: Apartment) -> list[Payload]:
        """The residents will leave in a month; until then the unit is occupied."""
        before = self._unit_data(apartment)
        end = self.portfolio.day + _NOTICE_PERIOD
        told = self._revise(self._tenancy(apartment), end=end, terms=Terms.NOTICE)
        self.portfolio.touch(apartment, self._now(), status="notice unrented")
        return told + self._update(apartment, before)

    def move_out(self, apartment: Apartment) -> list[Payload]:
        """A lease ends today, and the unit is vacant."""
        before = self._unit_data(apartment)
        day = self.portfolio.day
        tenancy = self._tenancy(apartment)
        end = max(day, tenancy.start)
        told = self._revise(tenancy, end=end, moved_out=end, terms=Terms.ENDED)
        self.portfolio.touch(apartment, self._now(), status="vacant")
        return told + self._update(apartment, before)

    def cancel_lease(self, apartment: Apartment) -> list[Payload]:
        """A lease that was signed does not begin."""
        tenancy = self._next_tenancy(apartment)
        return self._revise(tenancy, terms=Terms.CANCELLED) if tenancy else []

    def finish_sync(self, connection_id: str) -> list[Payload]:
        """A full sync of a connection, with what the portfolio counts."""
        counts = self.portfolio.counts(connection_id)
        sync_id = self._source.new_id("sync")
        return [tell_sync(connection_id, sync_id, counts, self._timestamps.next())]

    def _tenancy(self, apartment: Apartment) -> Tenancy:
        tenancy = self.portfolio.tenancy_now(apartment)
        assert tenancy is not None, f"nobody lives in {apartment.id}"
        return tenancy

    def _next_tenancy(self, apartment: Apartment) -> Tenancy | None:
        tenancies = self.portfolio.tenancies_of(apartment)
        return next((each for each in tenancies if each.terms is Terms.FUTURE), None)

    def _introduce(self, tenancy: Tenancy, tenants: Iterable[Tenant]) -> list[Payload]:
        return [self._new(tenancy, "resident", resident_data(each, tenancy)) for each in tenants]

    def _revise(self, tenancy: Tenancy, **changes: object) -> list[Payload]:
        before = lease_data(tenancy)
        self.portfolio.touch(tenancy, self._now(), **changes)
        after = lease_data(self.portfolio.tenancies[tenancy.connection_id, tenancy.id])
        return [self._updated(tenancy.connection_id, "lease", before, after)]

    def _unit_data(self, apartment: Apartment) -> Payload:
        return unit_data(apartment, self.portfolio.tenancy_now(apartment))

    def _update(self, apartment: Apartment, before: Payload) -> list[Payload]:
        """Tells how a unit is now, and what of it is not as it was before."""
        now = self.portfolio.apartments[apartment.connection_id, apartment.id]
        after = self._unit_data(now)
        if "current_lease" in before and "current_lease" not in after:
            after["current_lease"] = None
        return [self._updated(now.connection_id, "unit", before, after)]

    def _new(
        self, record: Premises | Apartment | Tenancy, resource_type: str, data: Payload
    ) -> Payload:
        return tell_new(record.connection_id, resource_type, data, self._timestamps.next())

    def _updated(
        self, connection_id: str, resource_type: str, before: Payload, after: Payload
    ) -> Payload:
        return tell_update(connection_id, resource_type, before, after, self._timestamps.next())

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._timestamps.next())
