"""`send`: samples, files and standard input, signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.bodies import STDIN, read_body
from meterbase_tui.cli.dispatch import Parcel, dispatch, local_url, read_edits, read_url
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import TARGET, json_option, setting_options
from meterbase_tui.version import user_agent
from sample_payloads.catalogue import UnknownSampleError, load_catalogue
from sample_payloads.edits import EditError, Timestamps, edit_body
from sample_payloads.sending import build_sample
from sample_payloads.signatures import Mistake, find_mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.cli.session import Session
    from sample_payloads.edits import Edits


@dataclass(frozen=True, slots=True)
class _Source:
    """A body to send, and where it is from."""

    name: str
    body: bytes


def _read_mistake(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> Mistake | None:
    if name is None:
        return None
    try:
        return find_mistake(name)
    except ValueError as error:
        raise click.BadParameter(f"it {error}, not {name!r}.") from None


@click.command()
@click.argument("names", metavar="NAME_OR_FILE...", nargs=-1, required=True)
@click.option("--url", metavar="URL", help="Send there instead of to the receiver of the settings.")
@click.option(
    "--set",
    "assignments",
    metavar="PATH=VALUE",
    multiple=True,
    help="Set a field, such as data.status=vacant. The value is JSON, or else text.",
)
@click.option(
    "--remove", "removals", metavar="PATH", multiple=True, help="Remove a field, such as changes."
)
@click.option("--exact", is_flag=True, help="Send the bytes as they are: no fresh timestamp.")
@click.option(
    "--bad-signature",
    "mistake",
    metavar="KIND",
    callback=_read_mistake,
    help=f"Sign wrongly: {', '.join(Mistake)}.",
)
@click.option(
    "--repeat",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Send everything N times, each with its own timestamp.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True, max=1_000_000),
    metavar="R",
    help="Send at most R a second.",
)
@setting_options(TARGET)
@json_option
@click.pass_obj
def send(
    session: Session,
    /,
    names: tuple[str, ...],
    *,
    url: str | None,
    assignments: tuple[str, ...],
    removals: tuple[str, ...],
    exact: bool,
    mistake: Mistake | None,
    repeat: int,
    rate: float | None,
    as_json: bool,
) -> int:
    """Sign and send samples or files.

    A name is that of a sample (see `meterbase-tui samples`), a file, or - for standard input. What
    is JSON gets a fresh timestamp unless --exact, so that it is a new event each time. Removals
    are made before fields are set. Exit code 3 says that one was refused, 5 that nobody answered.
    """
    edits = read_edits(assignments, removals)
    sources = [_find(name) for name in names]
    settings = session.load_with_secret()
    target = local_url(settings) if url is None else read_url(url)
    secret = settings.secrets.current
    timestamps = None if exact else Timestamps()
    program = user_agent()

    def parcels() -> Iterator[Parcel]:
        for _ in range(repeat):
            for source in sources:
                body = _edit(source, edits, timestamps)
                outgoing = build_sample(target, body, secret, program, mistake)
                yield Parcel(source.name, outgoing, (("name", source.name),))

    return dispatch(session.console, parcels(), rate=rate, as_json=as_json)


def _find(name: str) -> _Source:
    """A sample by its very name, else a file, else a sample by another spelling of its name."""
    if name == STDIN:
        return _Source("standard input", read_body(STDIN))
    catalogue = load_catalogue()
    is_sample = any(name == sample.name for sample in catalogue)
    if not is_sample and ("/" in name or Path(name).exists()):
        return _Source(name, read_body(name))
    try:
        sample = catalogue.find(name)
    except UnknownSampleError as error:
        raise CommandError(f"{error} There is no such file either.", Exit.NOT_FOUND) from None
    return _Source(sample.name, sample.body)


def _edit(source: _Source, edits: Edits, timestamps: Timestamps | None) -> bytes:
    try:
        return edit_body(source.body, edits, timestamps.next() if timestamps else None)
    except EditError as error:
        raise CommandError(f"{source.name}: {error}", Exit.USAGE) from None
