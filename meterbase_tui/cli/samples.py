"""`samples`: the catalogue of payloads, and the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import json_option
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.widgets.rows import Cell, Tone
from sample_payloads.catalogue import UnknownSampleError, load_catalogue
from sample_payloads.simulation.library import find_scenario, load_scenarios, scenario_source

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.json_fields import Fields
    from sample_payloads.catalogue import Sample
    from sample_payloads.simulation.scenario import Scenario

_COLUMNS = (
    Column("Name", 10, 16),
    Column("Event", 5, 13),
    Column("Resource", 4),
    Column("Title", 9, 20),
    Column("Shows", 3, 20),
)
_SCENARIO_COLUMNS = (
    Column("Scenario", 10, 16),
    Column("Title", 9, 20),
    Column("Shows", 3, 20),
)


@click.command()
@click.argument("name", required=False)
@json_option
@click.pass_obj
def samples(session: Session, name: str | None, *, as_json: bool) -> None:
    """List the sample payloads and scenarios.

    With NAME, prints that payload, to be edited and sent, or that scenario's file, to be edited and
    played with `simulate`.
    """
    console = session.console
    if name is not None:
        _print_one(console, name, as_json=as_json)
        return
    catalogue, scenarios = load_catalogue(), load_scenarios()
    if as_json:
        for fields in (*map(_fields, catalogue), *map(_scenario_fields, scenarios)):
            console.json_line(fields)
        return
    print_table(console, _COLUMNS, [_row(sample) for sample in catalogue])
    console.line()
    print_table(console, _SCENARIO_COLUMNS, [_scenario_row(each) for each in scenarios])


def _print_one(console: Console, name: str, *, as_json: bool) -> None:
    """A sample, or else a scenario."""
    try:
        sample = load_catalogue().find(name)
    except UnknownSampleError as error:
        source = scenario_source(name)
        if source is None:
            raise CommandError(f"{error} Nor is it a scenario.", Exit.NOT_FOUND) from None
        if as_json:
            console.json_line(_scenario_fields(find_scenario(name)))
        else:
            console.raw(source)
        return
    if as_json:
        console.json_line(_fields(sample))
    else:
        console.raw(sample.body)


def _row(sample: Sample) -> tuple[Cell, ...]:
    return (
        Cell(sample.name, Tone.STRONG),
        Cell(sample.event or "–"),
        Cell(sample.resource_type or "–"),
        Cell(sample.title),
        Cell(sample.shows, Tone.MUTED),
    )


def _fields(sample: Sample) -> Fields:
    return {
        "kind": "sample",
        "name": sample.name,
        "title": sample.title,
        "shows": sample.shows,
        "event": sample.event,
        "resource_type": sample.resource_type,
        "expect": dict(sample.expect),
        "payload": sample.payload,
    }


def _scenario_row(scenario: Scenario) -> tuple[Cell, ...]:
    return (
        Cell(scenario.name, Tone.STRONG),
        Cell(scenario.title),
        Cell(scenario.shows, Tone.MUTED),
    )


def _scenario_fields(scenario: Scenario) -> Fields:
    return {
        "kind": "scenario",
        "name": scenario.name,
        "title": scenario.title,
        "shows": scenario.shows,
        "steps": len(scenario.steps),
        "speed": scenario.speed,
        "needs": [{"connection_id": pair[0], "property_id": pair[1]} for pair in scenario.needs],
    }
