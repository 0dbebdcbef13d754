"""`simulate`: plays Propexo, by a scenario."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.choices import Positive
from meterbase_tui.cli.dispatch import local_url
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import TARGET, json_option, setting_options
from meterbase_tui.cli.sending_options import read_url
from meterbase_tui.cli.simulate_needs import check_needs
from meterbase_tui.cli.simulate_progress import show_progress
from meterbase_tui.cli.simulate_report import print_report, report_fields
from meterbase_tui.receiving.presence import read_presence
from meterbase_tui.sending.simulation_check import StoreCheck
from meterbase_tui.terminal.signals import ENDING, signals_given_back
from meterbase_tui.version import user_agent
from sample_payloads.catalogue import load_catalogue
from sample_payloads.pms import PortTakenError, SimulatedPms
from sample_payloads.simulation.library import UnknownScenarioError, find_scenario
from sample_payloads.simulation.report import compare
from sample_payloads.simulation.scenario import SEED
from sample_payloads.simulation.simulation import Simulation, Target
from sample_payloads.simulation.tables import ScenarioError

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.settings import Settings
    from sample_payloads.catalogue import Catalogue
    from sample_payloads.simulation.report import Comparison, Report
    from sample_payloads.simulation.scenario import Scenario

_CONNECT_S = 2.0


_NOT_OURS = "The store behind that address is not ours, so only the answers were compared."


@click.command()
@click.argument("name", metavar="SCENARIO", shell_complete=completing.scenarios)
@click.option("--url", metavar="URL", help="Send there instead of to the receiver that runs here.")
@click.option(
    "--speed",
    type=Positive(1e9),
    metavar="X",
    help="Wait X times less long than Propexo does; the scenario's own speed otherwise.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=(1 << 31) - 1),
    default=SEED,
    show_default=True,
    metavar="N",
    help="Other people, ids and choices.",
)
@click.option(
    "--register",
    is_flag=True,
    help="Register the connections and link the properties that it needs, first.",
)
@click.option(
    "--serve-api",
    "api_port",
    type=click.IntRange(min=0, max=65_535),
    metavar="PORT",
    help="Serve its portfolio meanwhile, as Propexo's API would, on 127.0.0.1.",
)
@setting_options(TARGET)
@json_option
@click.pass_obj
def simulate(
    session: Session,
    /,
    name: str,
    *,
    url: str | None,
    speed: float | None,
    seed: int,
    register: bool,
    api_port: int | None,
    as_json: bool,
) -> int:
    """Play Propexo: a scenario, with retries.

    SCENARIO is a name (see `meterbase-tui samples`) or a TOML file; docs/scenarios.md describes the
    format. What fails is sent again after 1 min, 5 min, 30 min, 2 h and 24 h, divided by --speed.
    Exit code 3 says that something was not as the scenario expects, 5 that nobody ever answered.
    """
    settings = session.load_with_secret()
    catalogue = load_catalogue(settings.samples)
    scenario = _find(name, catalogue)
    target = _find_target(settings, url)
    check = StoreCheck.begin(settings.db, target)
    check_needs(session.console, settings, scenario, register=register, ours=check is not None)
    simulation = Simulation(
        scenario,
        Target(url=target, secret=settings.secrets.current, program=user_agent()),
        speed=speed,
        seed=seed,
        catalogue=catalogue,
    )
    api = _make_api(simulation, settings, api_port)
    run = _Run(session.console, simulation, check, api, settings.api_key)
    report, comparisons = _run(run)
    _print(run, report, comparisons, as_json=as_json)
    return _exit_code(report, comparisons)


def _find(name: str, catalogue: Catalogue) -> Scenario:
    try:
        return find_scenario(name, catalogue)
    except UnknownScenarioError as error:
        raise CommandError(str(error), Exit.NOT_FOUND) from None
    except ScenarioError as error:
        raise CommandError(str(error), Exit.USAGE) from None


def _find_target(settings: Settings, url: str | None) -> str:
    if url is not None:
        return read_url(url)
    running = read_presence(settings.db)
    target = running.url if running else local_url(settings)
    _require_listener(target)
    return target


def _require_listener(url: str) -> None:
    """Says at once that nobody listens here, which retries would take a day to find out."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=_CONNECT_S).close()
    except OSError as error:
        raise CommandError(
            f"Nothing answers at {url}. Start `meterbase-tui` or `meterbase-tui listen`, or name "
            "an address with --url; one that is named may come up later.",
            Exit.UNREACHABLE,
        ) from error


@dataclass(frozen=True, slots=True)
class _Run:
    """A simulation, and what goes with it."""

    console: Console
    simulation: Simulation
    check: StoreCheck | None
    api: SimulatedPms | None
    key: str | None = field(repr=False)
    """The API's token, if it is the user's own."""

    async def play(self) -> tuple[Report, list[Comparison]]:
        """Plays, and compares while the API is still served: a refresh may be reading it."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.simulation.stop)
        try:
            await self._serve()
            with show_progress(self.console, self.simulation) as tell:
                report = await self.simulation.run(tell)
            return report, await asyncio.to_thread(self._compare, report)
        finally:
            if self.api is not None:
                await self.api.stop()

    async def _serve(self) -> None:
        if self.api is None:
            return
        address = await self.api.start()
        key = "your PROPEXO_API_KEY" if self.key else self.api.token
        self.console.say(f"Its portfolio is served at {address}; the bearer token is {key}.")

    def _compare(self, report: Report) -> list[Comparison]:
        """What there is to compare; of one that was stopped, nothing."""
        if report.interrupted or report.unreachable:
            return []
        found = compare(report, self.simulation.scenario.expect)
        if self.check is not None:
            found += self.check.compare(self.simulation, self.console.say)
        return found


def _make_api(simulation: Simulation, settings: Settings, port: int | None) -> SimulatedPms | None:
    """What serves the portfolio, where that was asked for; not started yet."""
    if port is None:
        return None
    return SimulatedPms(simulation.portfolio, token=settings.api_key, port=port)


def _print(run: _Run, report: Report, comparisons: list[Comparison], *, as_json: bool) -> None:
    checked = run.check is not None
    if as_json:
        fields = report_fields(run.simulation, report, comparisons, checked=checked)
        run.console.json_document(fields)
    else:
        print_report(run.console, run.simulation, report, comparisons)
    if not checked and not report.unreachable:
        run.console.say(_NOT_OURS)


def _run(run: _Run) -> tuple[Report, list[Comparison]]:
    try:
        with signals_given_back():
            return asyncio.run(run.play())
    except ScenarioError as error:
        raise CommandError(str(error), Exit.USAGE) from None
    except PortTakenError as error:
        raise CommandError(str(error), Exit.IN_USE) from None


def _exit_code(report: Report, comparisons: list[Comparison]) -> Exit:
    if report.interrupted:
        return Exit.INTERRUPTED
    if report.unreachable:
        return Exit.UNREACHABLE
    return Exit.DONE if all(each.holds for each in comparisons) else Exit.PROBLEM
