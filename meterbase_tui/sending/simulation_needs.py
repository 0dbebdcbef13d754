"""What a scenario needs to be registered and linked, for the command and the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from store.connections import list_connections, list_properties
from store.records import PropertyState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sample_payloads.simulation.scenario import Scenario
    from store.reader import Connection

_SHOWN = 3


def find_missing(connection: Connection, scenario: Scenario) -> list[tuple[str, str]]:
    """The (connection, property) that a scenario needs and a store does not know as linked."""
    registered = {each.connection_id for each in list_connections(connection) if each.registered}
    linked = {
        (each.connection_id, each.property_id)
        for each in list_properties(connection, state=PropertyState.LINKED)
    }
    return [pair for pair in scenario.needs if pair not in linked or pair[0] not in registered]


def registering(missing: Sequence[tuple[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """The operations that register and link what is missing, with their arguments, in order."""
    for connection_id in dict.fromkeys(pair[0] for pair in missing):
        yield "register_connection", {"connection_id": connection_id}
    for connection_id, property_id in missing:
        yield "link_property", {"connection_id": connection_id, "property_id": property_id}


def name_needs(pairs: Sequence[tuple[str, str]]) -> str:
    """The first few of them, for a sentence."""
    words = [f"{visible(pair[1])} of {visible(pair[0])}" for pair in pairs[:_SHOWN]]
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return ", ".join(words) + more
