"""Plays a scenario's steps: what happens in the portfolio, as the bodies that tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from receiver.judging.strict_json import InvalidJsonError, parse
from sample_payloads.edits import EditError, Edits, Timestamps, edit_body, to_bytes
from sample_payloads.portfolio import Office, Portfolio, Source, add_buildings
from sample_payloads.portfolio.holdings import Apartment, Terms
from sample_payloads.simulation.scenario import Change
from sample_payloads.simulation.tables import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sample_payloads.catalogue import Catalogue
    from sample_payloads.portfolio.webhooks import Payload
    from sample_payloads.simulation.scenario import Scenario, Step


@dataclass(frozen=True, slots=True)
class Told:
    """A body, and what it is about."""

    body: bytes = field(repr=False)
    event: str
    connection_id: str | None
    resource_type: str | None
    resource_id: str | None


class Stage:
    """A scenario's portfolio, and what its steps do to it."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int,
        timestamps: Timestamps,
        portfolio: Portfolio,
        catalogue: Catalogue,
    ) -> None:
        """Sets up the scenario's buildings.

        Args:
            scenario: what is to be played.
            seed: who lives where, and which units are chosen.
            timestamps: the time of each webhook.
            portfolio: where things happen; buildings that it has already stay as they are.
            catalogue: where the steps' samples are.
        """
        self.portfolio = portfolio
        add_buildings(portfolio, scenario.buildings, seed=seed)
        self._source = Source(f"{seed}/{scenario.name}")
        self._office = Office(portfolio, self._source, timestamps)
        self._timestamps = timestamps
        self._catalogue = catalogue

    def play(self, step: Step) -> Iterator[Told]:
        """What a step tells, in order. Its change is made when the first one is asked for.

        Raises:
            ScenarioError: what it changes is not there, or its sample cannot be edited so.
        """
        for _ in range(step.repeat):
            if step.change is not None:
                yield from (_told(payload) for payload in self._change(step, step.change))
            else:
                yield self._send(step)

    def _send(self, step: Step) -> Told:
        stamp = self._timestamps.next()
        if step.payload is not None:
            return _told({"timestamp": stamp, **step.payload})
        sample = self._catalogue.find(step.sample or "")
        fresh = None if sample.exact else stamp
        try:
            return _read(edit_body(sample.body, step.edits or Edits(), fresh))
        except EditError as error:
            raise ScenarioError(f"{step.where}: {error}") from None

    def _change(self, step: Step, change: Change) -> list[Payload]:
        office, connection_id = self._office, step.connection_id or ""
        if change is Change.IMPORT:
            return office.import_all(connection_id)
        if change is Change.SYNC:
            return office.finish_sync(connection_id)
        premises = self.portfolio.building(connection_id, step.property_id or "")
        if change is Change.ADD_PROPERTY:
            return office.tell_property(premises)
        if change is Change.RENAME_PROPERTY:
            return office.rename_property(premises, step.arguments["name"])
        if change is Change.ADD_UNIT:
            return office.add_unit(premises, step.unit or self._free_number(step))
        told: list[Payload] = []
        for apartment in self._choose(step, change):
            told += _OF_UNIT[change](office, apartment, dict(step.arguments))
        return told

    def _choose(self, step: Step, change: Change) -> list[Apartment]:
        """The unit that a step names, or as many as it asks for, as the seed will."""
        apartments = self._apartments(step)
        if step.unit is not None:
            apartments = [each for each in apartments if each.number == step.unit]
        pools = self._pools(apartments, change)
        chosen: list[Apartment] = []
        for pool in pools:
            lacking = min(step.units - len(chosen), len(pool))
            chosen += self._source.chance.sample(pool, lacking)
        if len(chosen) < step.units:
            raise ScenarioError(self._explain(step, change, len(chosen)))
        return sorted(chosen, key=lambda each: each.number)

    def _pools(self, apartments: list[Apartment], change: Change) -> Iterable[list[Apartment]]:
        """The units that a change can befall, those first that wait for it."""
        if change is Change.CORRECT_UNIT:
            return [apartments]
        expected = [each for each in apartments if self._is_expected(each, change)]
        if change is Change.CANCEL_LEASE:
            return [expected]
        vacant = change in (Change.MOVE_IN, Change.SIGN_LEASE)
        rest = [each for each in apartments if each.vacant is vacant and each not in expected]
        # The next resident may sign while the one before is leaving.
        leaving = [each for each in apartments if self._is_expected(each, Change.MOVE_OUT)]
        return [expected, rest, leaving if change is Change.SIGN_LEASE else []]

    def _is_expected(self, apartment: Apartment, change: Change) -> bool:
        terms = {each.terms for each in self.portfolio.tenancies_of(apartment)}
        if change is Change.MOVE_OUT:
            return Terms.NOTICE in terms
        if change is Change.MOVE_IN:
            return Terms.FUTURE in terms and apartment.vacant
        return change is Change.CANCEL_LEASE and Terms.FUTURE in terms

    def _explain(self, step: Step, change: Change, found: int) -> str:
        what = f"unit {step.unit}" if step.unit else f"{step.units} units"
        return (
            f"{step.where}: {change} is asked for {what} of {step.property_id}, and by then "
            f"{found} can do that. Change the building's units and occupied, or an earlier step."
        )

    def _free_number(self, step: Step) -> str:
        taken = {each.number for each in self._apartments(step)}
        return next(n for n in map(str, range(901, 10_000)) if n not in taken)

    def _apartments(self, step: Step) -> list[Apartment]:
        return self.portfolio.apartments_of(step.connection_id or "", step.property_id)


_OF_UNIT: dict[Change, Callable[[Office, Apartment, dict[str, Any]], list[Payload]]] = {
    Change.SIGN_LEASE: lambda office, unit, given: office.sign_lease(unit, **given),
    Change.CANCEL_LEASE: lambda office, unit, _given: office.cancel_lease(unit),
    Change.MOVE_IN: lambda office, unit, given: office.move_in(unit, **given),
    Change.CHANGE_OCCUPANTS: lambda office, unit, given: office.change_occupants(
        unit, given["occupants"]
    ),
    Change.RENEW: lambda office, unit, _given: office.renew(unit),
    Change.GIVE_NOTICE: lambda office, unit, _given: office.give_notice(unit),
    Change.MOVE_OUT: lambda office, unit, _given: office.move_out(unit),
    Change.CORRECT_UNIT: lambda office, unit, given: office.correct_unit(unit, given["fields"]),
}


def _read(body: bytes) -> Told:
    try:
        payload = parse(body)
    except InvalidJsonError:
        payload = None
    return _about(payload if isinstance(payload, dict) else {}, body)


def _told(payload: Payload) -> Told:
    return _about(payload, to_bytes(payload))


def _about(payload: Payload, body: bytes) -> Told:
    data = payload.get("data")
    return Told(
        body,
        _text(payload.get("event")) or "–",
        _text(payload.get("connection_id")),
        _text(payload.get("resource_type")),
        _text(data.get("id")) if isinstance(data, dict) else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
