"""What a scenario needs to be registered, and registering it when the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.session import open_reader
from meterbase_tui.sending.simulation_needs import find_missing, name_needs, registering
from meterbase_tui.text import visible
from receiver.control import request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.settings import Settings
    from sample_payloads.simulation.scenario import Scenario


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
        _tell_needs(console, scenario, register=register)
        return
    with open_reader(settings) as reader, reader.connect() as connection:
        missing = find_missing(connection, scenario)
    if missing and not register:
        raise _missing(missing)
    for operation, arguments in registering(missing):
        request(settings.db, operation, arguments)
    if missing:
        console.say(f"Registered and linked: {name_needs(missing)}.")


def _tell_needs(console: Console, scenario: Scenario, *, register: bool) -> None:
    """Says what another receiver has to know; raises `CommandError` if it was to be told."""
    if register:
        raise CommandError(
            "--register works only with a receiver of ours that runs on this machine. Register "
            f"in the other one: {name_needs(scenario.needs)}.",
            Exit.USAGE,
        )
    if scenario.needs:
        console.say(f"It expects to be known there: {name_needs(scenario.needs)}.")


def _missing(needs: Sequence[tuple[str, str]]) -> CommandError:
    connection_id, property_id = map(visible, needs[0])
    return CommandError(
        f"These have to be registered and linked for it: {name_needs(needs)}. Say --register to "
        f"have that done, or for each: meterbase-tui connections add {connection_id}; "
        f"meterbase-tui properties link {property_id} --connection {connection_id}",
        Exit.USAGE,
    )
