"""`send`: samples, files and standard input, signed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.bodies import STDIN, read_body
from meterbase_tui.cli.choices import Positive
from meterbase_tui.cli.dispatch import Parcel, dispatch, local_url
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import TARGET, json_option, setting_options
from meterbase_tui.cli.sending_options import edit_options, read_url, url_option
from meterbase_tui.settings.given import suggest
from meterbase_tui.version import user_agent
from sample_payloads.catalogue import UnknownSampleError, load_catalogue
from sample_payloads.edits import EditError, Edits, Timestamps, edit_body
from sample_payloads.faults import find_fault
from sample_payloads.sending import build_sample
from sample_payloads.signatures import Mistake, find_mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.cli.session import Session
    from meterbase_tui.settings import Settings
    from sample_payloads.catalogue import Catalogue, Sample
    from sample_payloads.sending import Outgoing


@dataclass(frozen=True, slots=True)
class _Source:
    """A body to send, and where it is from."""

    name: str
    body: bytes
    sample: Sample | None = None
    """None for a file."""


def _read_mistake(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> Mistake | None:
    if name is None:
        return None
    try:
        return find_mistake(name)
    except ValueError as error:
        advice = suggest(name, Mistake)
        raise click.BadParameter(f"it {error}, not {name!r}.{advice}") from None


@click.command()
@click.argument(
    "names",
    metavar="NAME_OR_FILE...",
    nargs=-1,
    required=True,
    shell_complete=completing.samples,
)
@url_option
@edit_options
@click.option(
    "--prepare",
    is_flag=True,
    help="Send what a sample builds on first, such as its unit.",
)
@click.option(
    "--unchecked", is_flag=True, help="Send files also if they are not as Propexo's payloads are."
)
@click.option("--exact", is_flag=True, help="Send the bytes as they are: no fresh timestamp.")
@click.option(
    "--bad-signature",
    "mistake",
    metavar="KIND",
    callback=_read_mistake,
    shell_complete=completing.words(*Mistake),
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
    type=Positive(1_000_000),
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
    edits: Edits,
    exact: bool,
    prepare: bool,
    unchecked: bool,
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
    settings = session.load_with_secret()
    catalogue = load_catalogue(settings.samples)
    found = [_find(catalogue, name) for name in names]
    sources = _prepared(catalogue, found) if prepare else found
    if not unchecked and mistake is None:
        _check(sources, edits)
    if not prepare:
        _advise(session, found)
    timestamps = None if exact else Timestamps()
    sign = _make_signer(settings, url, mistake)
    parcels = _pack(sources * repeat, found, edits, timestamps, sign)
    return dispatch(session.console, parcels, rate=rate, as_json=as_json)


def _make_signer(
    settings: Settings, url: str | None, mistake: Mistake | None
) -> Callable[[bytes], Outgoing]:
    """What makes a request of a body: to an address, or to the receiver of the settings."""
    return partial(
        build_sample,
        local_url(settings) if url is None else read_url(url),
        secret=settings.secrets.current,
        program=user_agent(),
        mistake=mistake,
    )


def _pack(
    sources: list[_Source],
    edited: list[_Source],
    edits: Edits,
    timestamps: Timestamps | None,
    sign: Callable[[bytes], Outgoing],
) -> Iterator[Parcel]:
    """Requests to send, each made when its turn comes; what only prepares is not edited."""
    for source in sources:
        body = _edit(source, edits if source in edited else Edits(), timestamps)
        yield Parcel(source.name, sign(body), (("name", source.name),))


def _find(catalogue: Catalogue, name: str) -> _Source:
    """A sample by its very name, else a file, else a sample by another spelling of its name."""
    if name == STDIN:
        return _Source("standard input", read_body(STDIN))
    is_sample = any(name == sample.name for sample in catalogue)
    if not is_sample and ("/" in name or Path(name).exists()):
        return _Source(name, read_body(name))
    try:
        sample = catalogue.find(name)
    except UnknownSampleError as error:
        raise CommandError(f"{error} There is no such file either.", Exit.NOT_FOUND) from None
    return _Source(sample.name, sample.body, sample)


def _prepared(catalogue: Catalogue, found: list[_Source]) -> list[_Source]:
    """What was asked for, each after what it builds on; nothing of that twice."""
    sent: list[_Source] = []
    for source in found:
        before = catalogue.with_preparation(source.sample)[:-1] if source.sample else ()
        for sample in before:
            if all(each.sample != sample for each in sent):
                sent.append(_Source(sample.name, sample.body, sample))
        sent.append(source)
    return sent


def _advise(session: Session, found: list[_Source]) -> None:
    """Says what a sample builds on, when that is not sent with it."""
    names = {source.name for source in found}
    for source in found:
        missing = (
            [name for name in source.sample.after if name not in names] if source.sample else []
        )
        if missing:
            session.console.say(
                f"{source.name} builds on {', '.join(missing)}: --prepare sends that first."
            )


def _check(sources: list[_Source], edits: Edits) -> None:
    """Files have to be as Propexo's payloads are; raises `CommandError` for the first fault."""
    for source in sources:
        if source.sample is not None:
            continue
        fault = find_fault(_edit(source, edits, None))
        if fault is not None:
            raise CommandError(
                f"{source.name}:{fault.line}:{fault.column}: {fault.sentence} Send it all the same "
                "with --unchecked.",
                Exit.USAGE,
            )


def _edit(source: _Source, edits: Edits, timestamps: Timestamps | None) -> bytes:
    keeps_its_own = source.sample is not None and source.sample.exact
    fresh = timestamps.next() if timestamps and not keeps_its_own else None
    try:
        return edit_body(source.body, edits, fresh)
    except EditError as error:
        raise CommandError(f"{source.name}: {error}", Exit.USAGE) from None
