"""What a store says of a simulation: whether it agrees with the sender, and with what was expected.

Deliveries are found by the digest of their bodies, so what others sent meanwhile does not count.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_payloads.portfolio.webhooks import unit_data
from sample_payloads.simulation.carrier import Fate
from sample_payloads.simulation.report import Comparison
from store.reading.deliveries import digests_after, get_deliveries
from store.reading.units import list_units
from store.records import EventState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sample_payloads.portfolio import Portfolio
    from sample_payloads.portfolio.holdings import Tenancy
    from sample_payloads.simulation.carrier import Webhook
    from sample_payloads.simulation.scenario import Expectation, ExpectedUnit, Scenario
    from store.reader import Connection
    from store.records import Delivery, Lease, Unit

_AT_ONCE = 500
_SHOWN = 3
_AGREEING = "as in the portfolio"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The deliveries of a simulation in a store, each with the webhook that it was."""

    found: tuple[tuple[Delivery, Webhook], ...]
    """In the order received."""

    @property
    def settled(self) -> bool:
        """Whether every event has been processed, and the cause of every refusal looked for."""
        return all(_is_settled(delivery) for delivery, _ in self.found)

    @property
    def firsts(self) -> list[tuple[Delivery, Webhook]]:
        """The deliveries that made an event."""
        return [pair for pair in self.found if pair[0].event_id == pair[0].id]


def gather(connection: Connection, after: int, webhooks: Sequence[Webhook]) -> Evidence:
    """Looks for webhooks among the deliveries above `after`."""
    by_digest = {webhook.digest: webhook for webhook in webhooks}
    numbers = {
        delivery_id: by_digest[digest]
        for delivery_id, digest in digests_after(connection, after).items()
        if digest in by_digest
    }
    found: list[tuple[Delivery, Webhook]] = []
    ids = list(numbers)
    for start in range(0, len(ids), _AT_ONCE):
        part = get_deliveries(connection, ids[start : start + _AT_ONCE])
        found += [(part[each], numbers[each]) for each in sorted(part)]
    return Evidence(tuple(found))


def compare_with_store(
    connection: Connection,
    evidence: Evidence,
    webhooks: Sequence[Webhook],
    scenario: Scenario,
    portfolio: Portfolio,
) -> list[Comparison]:
    """Holds a store against the sender's account and the scenario's expectation.

    Args:
        connection: the store.
        evidence: what was found there.
        webhooks: all that were sent.
        scenario: what was played.
        portfolio: how it ended.
    """
    expect = scenario.expect
    found = [*_compare_with_sender(evidence, webhooks), *_compare_counts(evidence, expect)]
    if expect.ordered:
        found.append(Comparison("order", "kept", _describe_order(evidence)))
    if not (expect.final_units or expect.units):
        return found
    units = list_units(connection, limit=0)
    found += compare_units(units, expect.units)
    if expect.final_units:
        told = {pair[1].resource_id for pair in evidence.firsts if pair[1].resource_type == "unit"}
        connections = {pair[0] for pair in scenario.needs}
        ours = [u for u in units if u.unit_id in told and u.connection_id in connections]
        found.append(Comparison("final_units", _AGREEING, _describe_units(ours, portfolio)))
    return found


def compare_units(units: Sequence[Unit], expected: Sequence[ExpectedUnit]) -> list[Comparison]:
    """Holds single units of a store against what was expected of them, field by field."""
    by_number = {(each.connection_id, each.property_id, each.unit_number): each for each in units}
    found = []
    for wanted in expected:
        unit = by_number.get((wanted.connection_id, wanted.property_id, wanted.number))
        name = f"units.{wanted.number}"
        if unit is None:
            found.append(Comparison(name, "in the store", "not there"))
            continue
        actual = _facts(unit)
        found += [
            Comparison(f"{name}.{field}", value, actual[field])
            for field, value in wanted.fields.items()
        ]
    return found


def _facts(unit: Unit) -> dict[str, object]:
    """A unit by the names of a scenario file."""
    return {
        "status": unit.status,
        "leased": unit.lease is not None,
        "occupants": unit.occupant_count,
        "resident": unit.lease.resident_name if unit.lease else None,
        "sqft": unit.sqft,
        "bedrooms": unit.bedrooms,
        "bathrooms": unit.bathrooms,
    }


def _compare_with_sender(evidence: Evidence, webhooks: Sequence[Webhook]) -> Iterator[Comparison]:
    """What must be so whatever a scenario says: acknowledged is stored, and stored once."""
    delivered = sum(webhook.fate is Fate.DELIVERED for webhook in webhooks)
    kept = {pair[1].number for pair in evidence.found if pair[0].event_id is not None}
    acknowledged = [each for each in webhooks if each.fate is Fate.DELIVERED]
    yield Comparison(
        "acknowledged and stored", delivered, sum(each.number in kept for each in acknowledged)
    )
    times = Counter(pair[1].number for pair in evidence.firsts)
    yield Comparison("stored more than once", 0, sum(count > 1 for count in times.values()))


def _compare_counts(evidence: Evidence, expect: Expectation) -> Iterator[Comparison]:
    events = Counter(name for pair in evidence.firsts for name in _names(pair[0]))
    refused = Counter(pair[0].diagnosis for pair in evidence.found if pair[0].event_id is None)
    for name, count in expect.events.items():
        yield Comparison(f"events.{name}", count, events[name])
    for name, count in expect.refused.items():
        yield Comparison(f"refused.{name}", count, refused[name])
    if expect.duplicates is not None:
        actual = sum(pair[0].duplicate for pair in evidence.found)
        yield Comparison("duplicates", expect.duplicates, actual)


def _names(delivery: Delivery) -> Iterator[str]:
    """The names that an event counts under: its state, and that with outcome or reason."""
    yield str(delivery.state)
    detail = delivery.outcome or delivery.reason
    if detail is not None:
        yield f"{delivery.state}.{detail}"


def _describe_order(evidence: Evidence) -> str:
    last: dict[str | None, int] = {}
    for delivery, webhook in evidence.firsts:
        if webhook.number < last.get(webhook.connection_id, 0):
            return f"broken: webhook {webhook.number} is delivery {delivery.id}"
        last[webhook.connection_id] = webhook.number
    return "kept"


def _describe_units(units: Sequence[Unit], portfolio: Portfolio) -> str:
    """How units differ from the portfolio, the first few of them."""
    differing = [told for unit in units if (told := _differences(unit, portfolio))]
    if not differing:
        return _AGREEING
    more = f"; {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
    return "; ".join(differing[:_SHOWN]) + more


def _differences(unit: Unit, portfolio: Portfolio) -> str | None:
    apartment = portfolio.apartments.get((unit.connection_id, unit.unit_id))
    if apartment is None:
        return None
    tenancy = portfolio.tenancy_now(apartment)
    wanted = unit_data(apartment, tenancy)
    lease = wanted.get("current_lease") or {}
    actual = {
        "status": (unit.status, wanted["status"]),
        "unit_number": (unit.unit_number, wanted["unit_number"]),
        "sqft": (unit.sqft, wanted["sqft"]),
        "bedrooms": (unit.bedrooms, wanted["bedrooms"]),
        "bathrooms": (unit.bathrooms, wanted["bathrooms"]),
        "lease": (_name_lease(unit.lease, tenancy), tenancy and tenancy.id),
        "resident": (unit.lease and unit.lease.resident_name, lease.get("resident_name")),
        "end": (unit.lease and unit.lease.end_date, lease.get("end_date")),
        "occupants": (unit.occupant_count, lease.get("occupant_count")),
    }
    told = [f"{name} {is_} for {was}" for name, (is_, was) in actual.items() if is_ != was]
    return f"unit {apartment.number} has {', '.join(told)}" if told else None


def _name_lease(lease: Lease | None, tenancy: Tenancy | None) -> str | None:
    """The id of a unit's lease; a unit's own payloads tell it only when it changes."""
    if lease is not None and lease.lease_id is None and tenancy is not None:
        return tenancy.id
    return lease.lease_id if lease else None


def _is_settled(delivery: Delivery) -> bool:
    if delivery.event_id is None:
        # Only a signature that failed has a cause that is looked for afterwards.
        failed = delivery.verdict.failed
        return delivery.diagnosis is not None or not failed
    return delivery.state not in (EventState.PENDING, EventState.PROCESSING)
