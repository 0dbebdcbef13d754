"""How Propexo tells of a portfolio's records: the payloads of the published webhook description.

The description shows a unit and its current lease; a lease, a resident and a property are told with
the fields that it names for them. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sample_payloads.portfolio.holdings import Apartment, Premises, Tenancy, Tenant

Payload: TypeAlias = dict[str, Any]
"""A webhook's body before it is written as JSON."""
_LEASE_ID = "_lease_id"


def tell_new(connection_id: str, resource_type: str, data: Payload, timestamp: str) -> Payload:
    """A `data.new` for a record that was created."""
    return {
        "event": "data.new",
        "timestamp": timestamp,
        "connection_id": connection_id,
        "resource_type": resource_type,
        "data": data,
    }


def tell_update(
    connection_id: str, resource_type: str, before: Payload, after: Payload, timestamp: str
) -> Payload:
    """A `data.update`: the whole record as it is, and the old and new values of what changed.

    Args:
        connection_id: whose record it is.
        resource_type: what it is.
        before: its data until now. `_lease_id` in either names a unit's current lease, which
            `changes` tells by its id as in the published example.
        after: its data from now on.
        timestamp: when it changed.
    """
    return {
        "event": "data.update",
        "timestamp": timestamp,
        "connection_id": connection_id,
        "resource_type": resource_type,
        "data": public(after),
        "changes": _changes(before, after),
    }


def tell_sync(
    connection_id: str, sync_id: str, counts: Mapping[str, int], timestamp: str
) -> Payload:
    """A `sync.complete` with what was counted."""
    return {
        "event": "sync.complete",
        "timestamp": timestamp,
        "connection_id": connection_id,
        "sync_id": sync_id,
        "stats": {**counts, "duration_seconds": 145, "errors": 0},
    }


def property_data(premises: Premises) -> Payload:
    """A building."""
    address = f"{premises.street}, {premises.city}"
    return {"id": premises.id, "name": premises.name, "address": address}


def unit_data(apartment: Apartment, tenancy: Tenancy | None) -> Payload:
    """An apartment, and the tenancy that it has now; one without has no `current_lease`."""
    data: Payload = {
        "id": apartment.id,
        "property_id": apartment.property_id,
        "unit_number": apartment.number,
        "sqft": apartment.sqft,
        "bedrooms": apartment.bedrooms,
        "bathrooms": plain(apartment.bathrooms),
        "status": apartment.status,
    }
    if tenancy is not None:
        data["current_lease"] = _terms(tenancy)
        data[_LEASE_ID] = tenancy.id
    return data


def lease_data(tenancy: Tenancy) -> Payload:
    """A tenancy as a record of its own."""
    return {
        "id": tenancy.id,
        "property_id": tenancy.property_id,
        "unit_id": tenancy.unit_id,
        **_terms(tenancy),
        "status": tenancy.terms.value,
    }


def resident_data(tenant: Tenant, tenancy: Tenancy) -> Payload:
    """A tenant."""
    return {
        "id": tenant.id,
        "property_id": tenancy.property_id,
        "unit_id": tenancy.unit_id,
        "lease_id": tenancy.id,
        "name": tenant.name,
        "email": tenant.email,
        "phone": tenant.phone,
    }


def public(data: Payload) -> Payload:
    """A unit's data as it is sent: without the id of its lease, which only `changes` tells."""
    return {name: value for name, value in data.items() if name != _LEASE_ID}


def plain(number: float) -> int | float:
    """1.0 as JSON is written by hand: 1."""
    return int(number) if number == int(number) else number


def _terms(tenancy: Tenancy) -> Payload:
    return {
        "resident_name": tenancy.tenants[0].name,
        "occupant_count": len(tenancy.tenants),
        "start_date": tenancy.start.isoformat(),
        "end_date": tenancy.end.isoformat() if tenancy.end else None,
    }


def _changes(before: Payload, after: Payload) -> Payload:
    changes: Payload = {}
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if name in ("current_lease", _LEASE_ID):
            continue
        if old != new:
            changes[name] = {"old": old, "new": new}
    return changes | _lease_changes(before, after)


def _lease_changes(before: Payload, after: Payload) -> Payload:
    old_id, new_id = before.get(_LEASE_ID), after.get(_LEASE_ID)
    if old_id != new_id:
        return {"current_lease": {"old": old_id, "new": new_id}}
    old, new = before.get("current_lease"), after.get("current_lease")
    return {"current_lease": {"old": old, "new": new}} if old != new else {}
