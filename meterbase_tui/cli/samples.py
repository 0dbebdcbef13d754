"""`samples`: the catalogue of payloads, the scenarios, and samples of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.lazy import LazyGroup, Place
from meterbase_tui.cli.options import (
    MOST,
    SAMPLES,
    STORE,
    json_option,
    pager_option,
    setting_options,
)
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.sending.own_samples import OwnSampleError, save_sample
from meterbase_tui.widgets.rows import Cell, Tone
from sample_payloads.catalogue import UnknownSampleError, load_catalogue
from sample_payloads.schema import build_schema
from sample_payloads.simulation.library import find_scenario, load_scenarios, scenario_source
from store.reading.deliveries import read_content

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from sample_payloads.catalogue import Sample
    from sample_payloads.simulation.scenario import Scenario

_COLUMNS = (
    Column("Name", 10, 16),
    Column("Resource", 4),
    Column("Title", 9, 20),
    Column("Shows", 3, 20),
)
_SCENARIO_COLUMNS = (
    Column("Scenario", 10, 16),
    Column("Title", 9, 20),
    Column("Shows", 3, 20),
)
_HERE = "meterbase_tui.cli.samples"
_SUBCOMMANDS = {
    "Commands": {
        "show": Place(_HERE, "show", "Print a payload or a scenario's file."),
        "save": Place(_HERE, "save", "Keep a received delivery as a sample of your own."),
        "schema": Place(_HERE, "schema", "Print the JSON Schema of all payloads."),
    }
}


class _Samples(LazyGroup):
    """A group whose first word may also be a sample's name: `samples NAME` shows it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or else `show` with that name."""
        known = args[0] in self.list_commands(ctx) or args[0].startswith("-")
        return super().resolve_command(ctx, args if known else ["show", *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options, and the names that may stand in their place."""
        names = completing.samples_and_scenarios(ctx, ctx.command.params[0], incomplete)
        return [*super().shell_complete(ctx, incomplete), *names]


@click.group(cls=_Samples, sections=_SUBCOMMANDS, invoke_without_command=True)
@setting_options(SAMPLES)
@pager_option
@json_option
@click.pass_context
def samples(context: click.Context, /, *, as_json: bool) -> None:
    """List the sample payloads and scenarios.

    With a NAME, prints that payload or that scenario's file, to be edited and sent or played.
    """
    if context.invoked_subcommand is not None:
        return
    session: Session = context.obj
    console = session.console
    catalogue = load_catalogue(session.load().samples)
    scenarios = load_scenarios()
    for problem in catalogue.problems:
        console.say(f"Warning: {problem}")
    if as_json:
        for fields in (*map(_fields, catalogue), *map(_scenario_fields, scenarios)):
            console.json_line(fields)
        return
    with console.paged():
        print_table(console, _COLUMNS, [_row(sample) for sample in catalogue])
        console.line()
        print_table(console, _SCENARIO_COLUMNS, [_scenario_row(each) for each in scenarios])


@click.command()
@click.argument("name", shell_complete=completing.samples_and_scenarios)
@setting_options(SAMPLES)
@json_option
@click.pass_context
def show(context: click.Context, /, name: str, *, as_json: bool) -> None:
    """Print a payload or a scenario's file."""
    session: Session = context.obj
    console = session.console
    # `samples --json NAME` says it to the group.
    as_json = as_json or bool(context.parent and context.parent.params.get("as_json"))
    try:
        sample = load_catalogue(session.load().samples).find(name)
    except UnknownSampleError as error:
        _show_scenario(console, name, str(error), as_json=as_json)
        return
    if as_json:
        console.json_line(_fields(sample))
        return
    with console.paged():
        console.raw(sample.body)
    console.say(f"{sample.title}: {sample.shows}")
    if sample.after:
        console.say(f"It builds on {', '.join(sample.after)}: `send {sample.name} --prepare`.")


def _show_scenario(console: Console, name: str, why_no_sample: str, *, as_json: bool) -> None:
    source = scenario_source(name)
    if source is None:
        raise CommandError(f"{why_no_sample} Nor is it a scenario.", Exit.NOT_FOUND)
    if as_json:
        console.json_line(_scenario_fields(find_scenario(name)))
    else:
        with console.paged():
            console.raw(source)


@click.command()
@click.argument(
    "delivery_id",
    metavar="ID",
    type=click.IntRange(min=1, max=MOST),
    shell_complete=completing.deliveries,
)
@click.argument("name", metavar="NAME")
@click.option("--mask", is_flag=True, help="Without the names, e-mails and phones of people.")
@click.option(
    "--force",
    is_flag=True,
    help="Take the place of a sample that has that name, also of one of the program's.",
)
@setting_options((*STORE, *SAMPLES))
@click.pass_obj
def save(session: Session, /, delivery_id: int, name: str, *, mask: bool, force: bool) -> None:
    """Keep a received delivery as a sample of your own.

    It is listed, sent and picked like the others.
    """
    settings = session.load()
    with open_reader(settings) as reader, reader.connect() as connection:
        content = read_content(connection, delivery_id)
    if content is None:
        raise CommandError(f"There is no delivery {delivery_id} in {settings.db}.", Exit.NOT_FOUND)
    assert settings.samples is not None
    try:
        path = save_sample(settings.samples, name, content, mask=mask, replace=force)
    except OwnSampleError as error:
        raise CommandError(str(error), Exit.USAGE) from None
    session.console.line(f"Saved {path}. Send it with: meterbase-tui send {path.stem}")
    shadowed = load_catalogue().name_of(name)
    if shadowed is not None:
        session.console.say(
            f"{name} means yours now, instead of the program's {shadowed}, until {path} is deleted."
        )


@click.command()
@click.pass_obj
def schema(session: Session) -> None:
    """Print the JSON Schema (2020-12) of all payloads, made from the models."""
    session.console.json_document(build_schema())


def _row(sample: Sample) -> tuple[Cell, ...]:
    shows = f"{sample.standing} {sample.shows}" if sample.standing else sample.shows
    return (
        Cell(sample.name, Tone.ACCENT if sample.own else Tone.STRONG),
        Cell(sample.resource_type or "–"),
        Cell(sample.title),
        Cell(shows, Tone.WARNING if sample.standing else Tone.MUTED),
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
        "after": list(sample.after),
        "own": sample.own,
        "shadows": sample.shadows,
        "shadowed": sample.shadowed,
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
