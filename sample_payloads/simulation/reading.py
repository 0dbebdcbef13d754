"""Reads scenarios from TOML; `docs/scenarios.md` describes the format."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from sample_payloads.edits import Assignment, EditError, Edits, parse_path
from sample_payloads.portfolio import Building
from sample_payloads.signatures import Mistake
from sample_payloads.simulation.expecting import read_expectation, read_place
from sample_payloads.simulation.scenario import (
    Carriage,
    Change,
    Holding,
    Scenario,
    Step,
)
from sample_payloads.simulation.tables import ScenarioError, Table, suggest

if TYPE_CHECKING:
    from collections.abc import Collection

_HEADER = re.compile(r"^\s*\[\[\s*steps\s*\]\]", re.MULTILINE)
_MOST_UNITS = 10_000
_FIELDS = {"sqft", "bedrooms", "bathrooms", "number", "status"}
_SOURCES = ("change", "sample", "payload")


def read_scenario(content: bytes, name: str, samples: Collection[str]) -> Scenario:
    """A scenario from the bytes of its file.

    Args:
        content: TOML in UTF-8.
        name: the file, as errors are to name it.
        samples: the names of the catalogue's samples.

    Raises:
        ScenarioError: it is no TOML, or something in it makes no sense.
    """
    try:
        text = content.decode("utf-8")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name}: this is not UTF-8 text (byte {error.start}).") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name}: this is not TOML: {error}.") from None
    top = Table(document, name)
    buildings, unlinked = _read_buildings(top)
    scenario = Scenario(
        name=name.rpartition("/")[2].removesuffix(".toml"),
        title=top.text("title"),
        shows=top.text("shows", ""),
        speed=top.positive("speed", 1.0),
        while_retrying=top.choice("while_retrying", Holding, Holding.WAIT) or Holding.WAIT,
        buildings=buildings,
        unlinked=unlinked,
        steps=_read_steps(top, text, buildings, samples),
        expect=read_expectation(Table(top.table("expect"), f"{name}: expect"), buildings),
    )
    top.end()
    return scenario


def _read_buildings(top: Table) -> tuple[tuple[Building, ...], frozenset[tuple[str, str]]]:
    buildings: list[Building] = []
    unlinked: set[tuple[str, str]] = set()
    for number, values in enumerate(top.tables("buildings"), 1):
        table = Table(values, f"{top.where}: building {number}")
        made = _read_building(table)
        if not table.flag("linked", default=True):
            unlinked.update((each.connection_id, each.property_id) for each in made)
        table.end()
        buildings += made
    keys = [(each.connection_id, each.property_id) for each in buildings]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise top.wrong(f"the building {twice[1]} of {twice[0]} is there twice. Keep one of them")
    return tuple(buildings), frozenset(unlinked)


def _read_building(table: Table) -> list[Building]:
    """One building, or several of a kind: `count` numbers their ids."""
    connection_id, property_id = table.text("connection"), table.text("property")
    count = table.whole("count", 1, least=1)
    units, occupied = table.whole("units", 1), table.whole("occupied", 0)
    if occupied > units:
        raise table.wrong(f"{occupied} of {units} units cannot be occupied. Lower 'occupied'")
    if units * count > _MOST_UNITS:
        raise table.wrong(f"{units * count:,} units are more than {_MOST_UNITS:,}. Take fewer")
    name = table.text("name", None)
    ids = [property_id] if count == 1 else [f"{property_id}_{n:02}" for n in range(1, count + 1)]
    return [
        Building(
            connection_id=connection_id, property_id=each, name=name, units=units, occupied=occupied
        )
        for each in ids
    ]


def _read_steps(
    top: Table, text: str, buildings: tuple[Building, ...], samples: Collection[str]
) -> tuple[Step, ...]:
    lines = [text.count("\n", 0, found.end()) + 1 for found in _HEADER.finditer(text)]
    steps = []
    for number, values in enumerate(top.tables("steps"), 1):
        place = f"step {number}"
        if number <= len(lines):
            place += f" (line {lines[number - 1]})"
        table = Table(values, f"{top.where}: {place}")
        steps.append(_read_step(table, number, place, buildings, samples))
        table.end()
    if not steps:
        raise top.wrong('there are no steps. Add one, such as [[steps]] with change = "sync"')
    return tuple(steps)


def _read_step(
    table: Table,
    number: int,
    place: str,
    buildings: tuple[Building, ...],
    samples: Collection[str],
) -> Step:
    given = [name for name in _SOURCES if name in table]
    if len(given) != 1:
        raise table.wrong(f"a step has exactly one of {', '.join(_SOURCES)}")
    shared: dict[str, Any] = {
        "number": number,
        "where": place,
        "after_s": table.seconds("after"),
        "repeat": table.whole("repeat", 1, least=1),
        "carriage": _read_carriage(table),
    }
    if given[0] == "change":
        return Step(**shared, **_read_change(table, buildings))
    if given[0] == "payload":
        return Step(**shared, payload=table.table("payload"))
    sample = table.text("sample")
    if sample not in samples:
        raise table.wrong(f"there is no sample {sample!r}. {suggest(sample, samples)}")
    return Step(**shared, sample=sample, edits=_read_edits(table))


def _read_edits(table: Table) -> Edits:
    paths = table.list("remove", lambda each: isinstance(each, str), "a list of paths")
    try:
        return Edits(
            tuple(Assignment(parse_path(path), v) for path, v in table.table("set").items()),
            tuple(parse_path(path) for path in paths),
        )
    except EditError as error:
        raise table.wrong(str(error).rstrip(".")) from None


def _read_carriage(table: Table) -> Carriage:
    return Carriage(
        copies=table.whole("copies", 1, least=1),
        mistake=table.choice("signature", Mistake, None),
        retries=table.flag("retries", default=True),
        lose_requests=table.whole("lose_requests", 0),
        lose_answers=table.whole("lose_answers", 0),
    )


def _read_change(table: Table, buildings: tuple[Building, ...]) -> dict[str, Any]:
    change = table.choice("change", Change, None)
    assert change is not None
    if not buildings:
        raise table.wrong("a change needs a building. Add a [[buildings]] table before the steps")
    connection_id, property_id = read_place(table, buildings)
    return {
        "change": change,
        "connection_id": connection_id,
        "property_id": property_id,
        "unit": table.text("unit", None),
        "units": table.whole("units", 1, least=1),
        "arguments": _read_arguments(table, change),
    }


def _read_arguments(table: Table, change: Change) -> dict[str, Any]:
    """What the change takes; `end` refuses what it does not."""
    if change in (Change.SIGN_LEASE, Change.MOVE_IN):
        found = {"occupants": table.whole("occupants", None, least=1)}
        return found | ({"days": table.whole("days", 14)} if change is Change.SIGN_LEASE else {})
    if change is Change.CHANGE_OCCUPANTS:
        return {"occupants": table.whole("occupants", least=1)}
    if change is Change.RENAME_PROPERTY:
        return {"name": table.text("name")}
    if change is Change.CORRECT_UNIT:
        return {"fields": _read_fields(table)}
    return {}


def _read_fields(table: Table) -> dict[str, Any]:
    fields = table.table("set")
    if not fields or set(fields) - _FIELDS:
        raise table.wrong(f"'set' must name some of {', '.join(sorted(_FIELDS))}")
    return fields
