"""What a scenario needs to be registered, and registering it when the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.session import open_reader
from meterbase_tui.text import visible
from receiver.control import request
from store.connections import list_connections, list_properties
from store.records import PropertyState

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.settings import Settings
    from sample_payloads.simulation.scenario import Scenario

_SHOWN = 3


def check_needs(
    console: Console, settings: Settings, scenario: Scenario, *, register: bool, ours: bool
) -> None:
    """Makes sure that a scenario's properties are linked, or says what has to be done for it.

    Nothing is changed in a store without `register`, nor in one that is not ours.

    Args:
        console: where to say it.
        settings: whose store it is.
        scenario: what is to be played.
        register: whether to register what is missing.
        ours: whether the receiver that is sent to writes the settings' store.

    Raises:
        CommandError: something is missing, and was not to be registered.
    """
    if not ours:
        if register:
            raise CommandError(
                "--register works only with a receiver of ours that runs on this machine. Register "
                f"in the other one: {_name(scenario.needs)}.",
                Exit.USAGE,
            )
        if scenario.needs:
            console.say(f"It expects to be known there: {_name(scenario.needs)}.")
        return
    missing = _find_missing(settings, scenario)
    if missing and not register:
        connection_id, property_id = missing[0]
        raise CommandError(
            f"The scenario needs to be registered and linked: {_name(missing)}. Say --register to "
            f"have that done, or for each: meterbase-tui connections add {visible(connection_id)}; "
            f"meterbase-tui properties link {visible(property_id)} --connection "
            f"{visible(connection_id)}",
            Exit.USAGE,
        )
    _register(settings, missing)
    if missing:
        console.say(f"Registered and linked: {_name(missing)}.")


def _find_missing(settings: Settings, scenario: Scenario) -> list[tuple[str, str]]:
    with open_reader(settings) as reader, reader.connect() as connection:
        registered = {
            each.connection_id for each in list_connections(connection) if each.registered
        }
        linked = {
            (each.connection_id, each.property_id)
            for each in list_properties(connection, state=PropertyState.LINKED)
        }
    return [pair for pair in scenario.needs if pair not in linked or pair[0] not in registered]


def _register(settings: Settings, missing: list[tuple[str, str]]) -> None:
    for connection_id in dict.fromkeys(pair[0] for pair in missing):
        request(settings.db, "register_connection", {"connection_id": connection_id})
    for connection_id, property_id in missing:
        arguments = {"connection_id": connection_id, "property_id": property_id}
        request(settings.db, "link_property", arguments)


def _name(pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    words = [f"{visible(pair[1])} of {visible(pair[0])}" for pair in pairs[:_SHOWN]]
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return ", ".join(words) + more
