"""What shells complete a word to: names of samples, and what is in the store.

A completion becomes part of a command line, so an id from outside is offered only if it is made of
characters that mean nothing to a shell. Whatever cannot be read is not offered, without a word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from meterbase_tui.cli.session import Session
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.text import visible
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    import click

    from meterbase_tui.settings.definition import Definition
    from store.reader import Connection

    Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
    Offers: TypeAlias = Iterable[tuple[str, str]]
    """Words, each with a few more that say what it is."""

_OFFERED = 50
_HARMLESS = re.compile(r"[A-Za-z0-9_.:@+-]{1,100}")
_LONGEST_HELP = 60


def samples(
    context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Names of samples; where none begins so, files."""
    return _offer(begun, _sample_names(context)) or [CompletionItem(begun, type="file")]


def scenarios(
    _context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Names of scenarios; where none begins so, files."""
    return _offer(begun, _scenario_names()) or [CompletionItem(begun, type="file")]


def samples_and_scenarios(
    context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Names of both."""
    return _offer(begun, [*_sample_names(context), *_scenario_names()])


def words(*known: str) -> Completer:
    """A few words that are always the same."""

    def complete(
        _context: click.Context, _parameter: click.Parameter, begun: str
    ) -> list[CompletionItem]:
        return _offer(begun, [(word, "") for word in known])

    return complete


def profiles(
    context: click.Context, _parameter: click.Parameter, begun: str
) -> list[CompletionItem]:
    """The profiles of the configuration file."""
    try:
        names = _session(context).load().profiles
    except SettingsError:
        return []
    return _offer(begun, [(name, "") for name in names])


def setting(definition: Definition) -> Completer | None:
    """What the option of a setting may be: a few words, a path, or nothing that is known."""
    if definition.name == "profile":
        return profiles
    if definition.choices:
        return words(*definition.choices)
    if definition.metavar in {"PATH", "FILE", "FOLDER"}:
        return paths
    return None


def paths(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Whatever the shell finds."""
    return [CompletionItem(begun, type="file")]


def from_store(read: Callable[[Connection], Offers]) -> Completer:
    """What a query finds in the store of the settings in force."""

    def complete(
        context: click.Context, _parameter: click.Parameter, begun: str
    ) -> list[CompletionItem]:
        # Here, since it takes SQLAlchemy: options are defined without.
        from meterbase_tui.cli.session import open_reader  # noqa: PLC0415

        try:
            with open_reader(_session(context).load()) as reader, reader.connect() as connection:
                return _offer(begun, list(read(connection)))
        except (SettingsError, StoreError):
            return []

    return complete


def _deliveries(connection: Connection) -> Iterator[tuple[str, str]]:
    from store.reading.deliveries import list_deliveries  # noqa: PLC0415

    for each in list_deliveries(connection, limit=_OFFERED):
        about = each.event or f"{each.method} {each.path}"
        yield str(each.id), f"{about} {each.resource_id or ''}"


def _events(connection: Connection) -> Iterator[tuple[str, str]]:
    from store.reading.events import list_events  # noqa: PLC0415

    for each in list_events(connection, limit=_OFFERED):
        yield str(each.id), f"{each.event} {each.resource_id or ''} {each.state}"


def _units(connection: Connection) -> Iterator[tuple[str, str]]:
    from store.reading.units import list_units  # noqa: PLC0415

    for each in list_units(connection, limit=_OFFERED):
        yield each.unit_id, f"unit {each.unit_number or ''} {each.property_id or ''}"


def _connections(connection: Connection) -> Iterator[tuple[str, str]]:
    from store.connections import list_connections  # noqa: PLC0415

    for each in list_connections(connection, limit=_OFFERED):
        yield each.connection_id, each.name or ""


def _properties(connection: Connection) -> Iterator[tuple[str, str]]:
    from store.connections import list_properties  # noqa: PLC0415

    for each in list_properties(connection):
        yield each.property_id, f"{each.name or ''} {each.state}"


deliveries, events, units = from_store(_deliveries), from_store(_events), from_store(_units)
connections, properties = from_store(_connections), from_store(_properties)


def of_kind(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Ids of what the word before names: a delivery, an event or a unit."""
    completers = {"delivery": deliveries, "event": events, "unit": units}
    found = completers.get(context.params.get("kind") or "")
    return found(context, parameter, begun) if found else []


def _sample_names(context: click.Context) -> list[tuple[str, str]]:
    from sample_payloads.catalogue import load_catalogue  # noqa: PLC0415

    try:
        folder = _session(context).load().samples
    except SettingsError:
        folder = None
    return [(sample.name, sample.title) for sample in load_catalogue(folder)]


def _scenario_names() -> list[tuple[str, str]]:
    from sample_payloads.simulation.library import load_scenarios  # noqa: PLC0415

    return [(scenario.name, scenario.title) for scenario in load_scenarios()]


def _session(context: click.Context) -> Session:
    return context.ensure_object(Session)


def _offer(begun: str, offers: Offers) -> list[CompletionItem]:
    found: dict[str, Any] = {}
    for word, about in offers:
        if word.startswith(begun) and _HARMLESS.fullmatch(word):
            # The shells' protocols part by commas, colons and line ends.
            told = re.sub(r"[,:\s]+", " ", visible(about, _LONGEST_HELP)).strip()
            found.setdefault(word, CompletionItem(word, help=told or None))
    return list(found.values())
