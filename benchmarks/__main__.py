"""`python -m benchmarks`: measures, and says what it found."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.budget import check_budget, quick_disk
from benchmarks.calling import LoadError
from benchmarks.machine import describe_machine, find_cores
from benchmarks.page import write_page
from benchmarks.peer_tools import CACHE
from benchmarks.peer_tools import prepare as fetch_peers
from benchmarks.record import Record, read_record
from benchmarks.running import run
from benchmarks.scenarios import SCENARIOS
from benchmarks.servers import ServerError
from benchmarks.setting import FULL, QUICK, Effort, Setting
from benchmarks.tables import write_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = [scenario.name for scenario in SCENARIOS]


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only", multiple=True, type=click.Choice(_NAMES), help="Only this scenario; may be repeated."
)
@click.option("--rounds", type=click.IntRange(1, 50), help="How often to measure each (3).")
@click.option("--quick", is_flag=True, help="One short round: for a look, not for figures.")
@click.option("--million", is_flag=True, help="Let the large store have 1,000,000 deliveries.")
@click.option("--json", "as_json", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
              help="Write every measurement to this file; - for stdout.")  # fmt: skip
@click.option(
    "--write/--no-write",
    default=None,
    help="Whether to put the tables into docs/performance.md (unless --only or --quick).",
)
@click.pass_context
def main(
    context: click.Context,
    only: tuple[str, ...],
    rounds: int | None,
    as_json: Path | None,
    *,
    quick: bool,
    million: bool,
    write: bool | None,
) -> None:
    """Measure this program beside what a user would pick instead.

    Everything runs on this machine, in a temporary folder; tables go to stdout, progress to stderr.
    """
    if context.invoked_subcommand is not None:
        return
    effort = QUICK if quick else FULL
    effort = replace(
        effort,
        rounds=rounds or effort.rounds,
        large=1_000_000 if million else effort.large,
    )
    record = _measure(effort, only)
    if as_json is not None:
        with click.open_file(str(as_json), "w") as file:
            file.write(record.write() + "\n")
    if str(as_json) != "-":
        click.echo(write_tables(record))
    if write or (write is None and not only and not quick):
        write_page(record)
        _say("docs/performance.md is up to date.")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def draw(file: Path) -> None:
    """Make the tables and the plot of docs/performance.md of results that --json has written."""
    try:
        write_page(read_record(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@main.command()
def prepare() -> None:
    """Fetch the peers that are missing into a folder of your cache."""
    for sentence in fetch_peers():
        click.echo(sentence)
    click.echo("Of Python, `pip install -e '.[bench]'` brings the rest.")


@main.command()
def budget() -> None:
    """Check within a minute that nothing has become much slower: ratios only, exit 1 if so."""
    with _folder(quick_disk()) as folder:
        sys.exit(check_budget(_setting(folder, QUICK), click.echo))


def _measure(effort: Effort, only: tuple[str, ...]) -> Record:
    chosen = [scenario for scenario in SCENARIOS if not only or scenario.name in only]
    with _folder() as folder:
        setting = _setting(folder, effort)
        started = time.monotonic()
        try:
            results = run(setting, chosen)
        except (LoadError, ServerError, TimeoutError) as error:
            raise click.ClickException(str(error)) from None
        _say(f"That took {time.monotonic() - started:.0f} s.")
        return Record(
            day=datetime.now(UTC).date().isoformat(),
            machine=describe_machine(setting.folder, setting.cores),
            remarks=setting.remarks,
            results=results,
        )


@contextmanager
def _folder(where: Path | None = None) -> Iterator[Path]:
    """A folder for every store, gone afterwards; among the user's files unless told otherwise.

    Not in the system's folder for temporary files: that may be in memory, where an fsync is free.
    """
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=where or CACHE) as folder:
        yield Path(folder)


def _setting(folder: Path, effort: Effort) -> Setting:
    return Setting(cores=find_cores(), folder=folder, effort=effort, say=_say)


def _say(words: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')}  {words}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
