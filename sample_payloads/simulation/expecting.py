"""Reads what a scenario expects, and which building a table of it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sample_payloads.simulation.scenario import Expectation, ExpectedUnit
from sample_payloads.simulation.tables import Table, counts, suggest

if TYPE_CHECKING:
    from sample_payloads.portfolio import Building


def read_expectation(table: Table, buildings: tuple[Building, ...]) -> Expectation:
    """The `[expect]` table.

    Raises:
        ScenarioError: something in it makes no sense.
    """
    expectation = Expectation(
        webhooks=table.whole("webhooks", None),
        delivered=table.whole("delivered", None),
        given_up=table.whole("given_up", None),
        answers=counts(table.table("answers"), table, "answers"),
        events=counts(table.table("events"), table, "events"),
        refused=counts(table.table("refused"), table, "refused"),
        duplicates=table.whole("duplicates", None),
        ordered=table.flag("ordered", default=True),
        final_units=table.flag("final_units", default=True),
        units=tuple(
            _read_unit(Table(values, f"{table.where}: unit {number}"), buildings)
            for number, values in enumerate(table.tables("units"), 1)
        ),
    )
    table.end()
    return expectation


def read_place(table: Table, buildings: tuple[Building, ...]) -> tuple[str, str]:
    """The connection and the property that a table names; the first ones where it names none.

    Args:
        table: with `connection` and `property`, or without.
        buildings: the scenario's; at least one.

    Raises:
        ScenarioError: there is no such building.
    """
    connection_id = table.text("connection", buildings[0].connection_id)
    ours = [each.property_id for each in buildings if each.connection_id == connection_id]
    if not ours:
        known = {each.connection_id for each in buildings}
        raise table.wrong(f"no building is of {connection_id!r}. {suggest(connection_id, known)}")
    property_id = table.text("property", ours[0])
    if property_id not in ours:
        raise table.wrong(f"there is no building {property_id!r}. {suggest(property_id, ours)}")
    return connection_id, property_id


def _read_unit(table: Table, buildings: tuple[Building, ...]) -> ExpectedUnit:
    if not buildings:
        raise table.wrong("a unit needs a building. Add a [[buildings]] table before the steps")
    connection_id, property_id = read_place(table, buildings)
    number = table.text("unit")
    wanted: dict[str, Any] = {
        "status": table.text("status", None),
        "leased": table.flag("leased", default=False) if "leased" in table else None,
        "occupants": table.whole("occupants", None),
        "resident": table.text("resident", None),
        "sqft": table.number("sqft", None),
        "bedrooms": table.number("bedrooms", None),
        "bathrooms": table.number("bathrooms", None),
    }
    table.end()
    fields = {name: value for name, value in wanted.items() if value is not None}
    if not fields:
        raise table.wrong(f"it expects nothing of the unit. Name some of {', '.join(wanted)}")
    return ExpectedUnit(
        connection_id=connection_id, property_id=property_id, number=number, fields=fields
    )
