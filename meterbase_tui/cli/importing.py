"""`import`: a log that `export` has written, put into this store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.progress_bar import show_bar
from meterbase_tui.exports.archives import ArchiveError, Record, read_delivery, read_head
from meterbase_tui.settings import ensure_store_folder
from receiver.judging.envelope import InvalidEnvelopeError, read_envelope
from receiver.judging.judgement import judge
from receiver.judging.strict_json import InvalidJsonError, parse
from store.records import Arrival, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.cli.session import Session
    from receiver.judging.signing import Secrets
    from store.loading import Import, Loaded
    from store.records import EventFacts

_TOLD = 10
_LONGEST_LINE = 64 << 20


class _UnprovenError(ArchiveError):
    """An accepted delivery whose signature does not fit the secret in force."""


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--trust",
    is_flag=True,
    help="Take deliveries as authentic that were signed with another secret.",
)
@click.option("--dry-run", is_flag=True, help="Only check the file.")
@setting_options(STORE)
@json_option
@click.pass_obj
def import_log(
    session: Session, /, *, path: Path, trust: bool, dry_run: bool, as_json: bool
) -> None:
    """Read a log that `export` has written: all of it, or nothing if a line is wrong.

    Every delivery gets a new number and keeps its time, its headers and its bytes. What was
    accepted there is verified again with the secret in force here, and processed as it would have
    been; what is in the store already is left out. The receiver must be stopped.
    """
    settings = session.load_with_secret()
    count = _check(session, path, settings.secrets, trust=trust)
    if dry_run:
        loaded = None
    else:
        ensure_store_folder(settings)
        loaded = _load(session, path, trust=trust)
    if as_json:
        session.console.json_document(
            {
                "deliveries": count,
                "imported": loaded.new if loaded else 0,
                "known": loaded.known if loaded else None,
                "dry_run": dry_run,
            }
        )
    elif loaded is None:
        session.console.line(f"{count:,} deliveries can be imported.")
    else:
        there = f"; {loaded.known:,} were there already" if loaded.known else ""
        session.console.line(f"Imported {loaded.new:,} deliveries{there}.")


def _check(session: Session, path: Path, secrets: Secrets, *, trust: bool) -> int:
    """How many deliveries the file has; raises `CommandError` when a line is wrong."""
    count = wrong = unproven = 0
    for number, line in _lines(path, "Checking"):
        try:
            _describe(read_delivery(line), secrets, trust=trust)
        except _UnprovenError:
            unproven += 1
        except ArchiveError as error:
            wrong += 1
            if wrong <= _TOLD:
                session.console.say(f"Line {number:,}: {error}")
        count += 1
    if wrong:
        raise CommandError(
            f"{wrong:,} of {count:,} lines are wrong, so nothing was imported.", Exit.PROBLEM
        )
    if unproven:
        raise CommandError(
            f"{unproven:,} of {count:,} deliveries were accepted under another secret, so nothing "
            "was imported. Set PROPEXO_WEBHOOK_SECRET to that secret, or say --trust if you know "
            "where the file comes from.",
            Exit.PROBLEM,
        )
    return count


def _load(session: Session, path: Path, *, trust: bool) -> Loaded:
    # Here, since it takes SQLAlchemy: `--help` does without.
    from store.database import Database  # noqa: PLC0415
    from store.loading import load  # noqa: PLC0415

    settings = session.load_with_secret()
    database = Database(settings.db, with_sample=settings.sample_connection)
    try:
        imports = _imports(path, settings.secrets, trust=trust)
        return database.load(lambda connection, append: load(connection, append, imports)).result()
    finally:
        database.close()


def _imports(path: Path, secrets: Secrets, *, trust: bool) -> Iterator[Import]:
    from store.loading import Import  # noqa: PLC0415

    for _, line in _lines(path, "Importing"):
        record = read_delivery(line)
        yield Import(
            id=record.id,
            arrival=_describe(record, secrets, trust=trust),
            ack_ms=record.ack_ms,
            diagnosis=record.diagnosis,
        )


def _describe(record: Record, secrets: Secrets, *, trust: bool) -> Arrival:
    """A delivery as it enters the store; raises `ArchiveError`."""
    content = record.content
    return Arrival(
        received_at=record.received_at,
        origin=record.origin,
        method=record.method,
        path=record.path,
        status=record.status,
        verdict=record.verdict,
        headers=content.headers,
        body=content.body,
        size=content.size,
        body_sha256=content.body_sha256,
        explanation=record.explanation,
        replay_of=record.replay_of,
        facts=_prove(record, secrets, trust=trust) if record.accepted else None,
        requests=record.requests if record.requests > 1 else None,
    )


def _prove(record: Record, secrets: Secrets, *, trust: bool) -> EventFacts:
    judgement = judge(record.content.headers, record.content.body, secrets)
    if judgement.facts is not None:
        return judgement.facts
    if judgement.verdict is Verdict.VALID or not trust:
        raise _UnprovenError("Its signature does not fit the secret in force.")
    try:
        return read_envelope(parse(record.content.body))
    except (InvalidJsonError, InvalidEnvelopeError) as error:
        raise ArchiveError(f"Its body is no event: {error}.") from None


def _lines(path: Path, what: str) -> Iterator[tuple[int, bytes]]:
    """The lines behind the first with their numbers; raises `CommandError`."""
    try:
        with path.open("rb") as file, show_bar(what, path.stat().st_size) as tell:
            try:
                done = len(head := file.readline(_LONGEST_LINE))
                read_head(head)
            except ArchiveError as error:
                raise CommandError(f"{path}: {error}", Exit.PROBLEM) from None
            number = 1
            while line := file.readline(_LONGEST_LINE):
                number += 1
                tell(done := done + len(line))
                if line.strip():
                    yield number, line
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", Exit.NOT_FOUND) from None
