"""A portfolio's records in the API's words: Propexo's published OpenAPI description, 2026-02. Pure.

Where the description has a field that no apartment here has a value for, it is null, as with most
property systems.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_payloads.portfolio.holdings import Terms
from sample_payloads.portfolio.webhooks import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sample_payloads.portfolio import Portfolio
    from sample_payloads.portfolio.holdings import Apartment, Premises, Tenancy, Tenant

_NORMALIZED = {
    Terms.FUTURE: "PENDING",
    Terms.ACTIVE: "ACTIVE",
    Terms.NOTICE: "ACTIVE",
    Terms.ENDED: "INACTIVE",
    Terms.CANCELLED: "INACTIVE",
}


@dataclass(frozen=True, slots=True)
class View:
    """One kind of record."""

    list: Callable[[Portfolio], Iterator[dict[str, Any]]]
    filters: frozenset[str]


def _properties(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    sizes: dict[tuple[str, str], list[int]] = {}
    for each in portfolio.apartments.values():
        sizes.setdefault((each.connection_id, each.property_id), []).append(each.sqft)
    for key, premises in portfolio.premises.items():
        yield _property(premises, sizes.get(key, []))


def _property(premises: Premises, sizes: list[int]) -> dict[str, Any]:
    city, _, state = premises.city.partition(", ")
    return {
        **_shared(premises),
        "location_id": None,
        "name": premises.name,
        "code": premises.id.upper(),
        "type_normalized": "MULTI_FAMILY",
        "number_of_units": len(sizes),
        "square_feet": sum(sizes),
        "year_built": None,
        "is_active": True,
        "address_1": premises.street,
        "address_2": None,
        "city": city,
        "state": state,
        "country": "US",
    }


def _units(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    for each in portfolio.apartments.values():
        yield {
            **_shared(each),
            "property_id": each.property_id,
            "number": each.number,
            "building_name": None,
            "floor": each.number[:-2],
            "bedrooms": str(each.bedrooms),
            "bathrooms": str(plain(each.bathrooms)),
            "square_feet": each.sqft,
            "is_vacant": each.vacant,
            "is_available": each.vacant and not portfolio.tenancies_of(each),
            "unit_type_id": None,
            "floor_plan_id": None,
        }


def _leases(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    for each in portfolio.tenancies.values():
        unit = portfolio.apartments[each.connection_id, each.unit_id]
        yield {
            **_shared(each),
            "property_id": each.property_id,
            "unit_id": each.unit_id,
            "unit_number": unit.number,
            "residents_meta_data": [
                _stay(tenant, each, primary=index == 0) for index, tenant in enumerate(each.tenants)
            ],
            "start_date": _day(each.start),
            "end_date": _day(each.end),
            "scheduled_move_in_date": _day(each.start),
            "realized_move_in_date": None if each.terms is Terms.FUTURE else _day(each.start),
            "scheduled_move_out_date": _day(each.end) if each.terms is Terms.NOTICE else None,
            "realized_move_out_date": _day(each.moved_out),
            "status_normalized": _NORMALIZED[each.terms],
            "status_raw": each.terms.value.title(),
        }


def _stay(tenant: Tenant, tenancy: Tenancy, *, primary: bool) -> dict[str, Any]:
    return {
        "resident_id": tenant.id,
        "resident_type_normalized": "PRIMARY" if primary else "SECONDARY",
        "move_in_date": _day(tenancy.start),
        "move_out_date": _day(tenancy.moved_out),
        "notice_date": None,
    }


def _residents(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for tenancy in portfolio.tenancies.values():
        for tenant in tenancy.tenants:
            record = seen.setdefault((tenancy.connection_id, tenant.id), _resident(tenant, tenancy))
            record["leases_meta_data"].append({"lease_id": tenancy.id})
    yield from seen.values()


def _resident(tenant: Tenant, tenancy: Tenancy) -> dict[str, Any]:
    first, _, last = tenant.name.partition(" ")
    return {
        **_shared(tenancy),
        "id": tenant.id,
        "x_id": tenant.id,
        "property_id": tenancy.property_id,
        "first_name": first,
        "last_name": last,
        "email_1": tenant.email,
        "phone_1": tenant.phone,
        "is_employee": False,
        "leases_meta_data": [],
    }


def _shared(record: Premises | Apartment | Tenancy) -> dict[str, Any]:
    return {
        "id": record.id,
        "x_id": record.id,
        "integration_id": record.connection_id,
        "created_at": _instant(record.created_at),
        "updated_at": _instant(record.updated_at),
        "last_seen": _instant(record.updated_at),
        "custom_data": None,
    }


def _day(day: date | None) -> str | None:
    """The API writes days as instants at midnight."""
    return f"{day.isoformat()}T00:00:00.000Z" if day else None


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_COMMON = frozenset({"integration_id", "x_id"})
VIEWS = {
    "properties": View(_properties, _COMMON | {"is_active", "location_id"}),
    "units": View(_units, _COMMON | {"property_id", "unit_number"}),
    "leases": View(
        _leases,
        _COMMON | {"property_id", "unit_id", "resident_id", "status_normalized", "status_raw"},
    ),
    "residents": View(_residents, _COMMON | {"property_id", "lease_id", "email_1", "phone_1"}),
}
