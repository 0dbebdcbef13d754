"""`prune`: old deliveries are deleted, their identities never."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, STORE, json_option, read_instant, setting_options
from meterbase_tui.cli.progress_bar import show_bar
from meterbase_tui.cli.session import open_reader
from meterbase_tui.formats import size
from meterbase_tui.json_fields import instant
from store.errors import StoreInUseError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from meterbase_tui.cli.session import Session
    from store.retention import Prunable


@click.command()
@click.option(
    "--older-than",
    "before",
    metavar="SPAN",
    required=True,
    callback=read_instant,
    help="Delete what was received longer ago than this, such as 30d, or before this time.",
)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(min=0, max=MOST),
    default=0,
    help="Keep the newest N deliveries, however old.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@setting_options(STORE)
@json_option
@click.pass_obj
def prune(
    session: Session, /, *, before: datetime, keep: int, dry_run: bool, as_json: bool
) -> None:
    """Delete old deliveries with their bodies.

    Events, changes and records stay, and so does what is still to be processed or passed on. The
    identity of an event is never deleted, so a late retry is a duplicate all the same.
    """
    # Here, since it takes SQLAlchemy: `--help` does without.
    from store.retention import count_prunable  # noqa: PLC0415

    settings = session.load()
    with open_reader(settings) as reader, reader.connect() as connection:
        found = count_prunable(connection, before, keep)
    if not as_json:
        session.console.say(_announce(found, dry_run=dry_run))
    deleted = 0
    if found.deliveries and not dry_run:
        with show_bar("Deleting", found.deliveries) as tell:
            deleted = _prune(settings.db, before, keep, tell)
    freed = 0 if dry_run else _compact(session, settings.db)
    if as_json:
        session.console.json_document(
            {
                "before": instant(before),
                "dry_run": dry_run,
                "prunable": found.deliveries,
                "prunable_bytes": found.size,
                "deleted": deleted,
                "kept": found.kept + found.deliveries - deleted,
                "freed_bytes": freed,
            }
        )
    elif not dry_run:
        session.console.line(f"Deleted {deleted:,} deliveries; {size(freed)} given back.")


def _announce(found: Prunable, *, dry_run: bool) -> str:
    verb = "would be" if dry_run else "are to be"
    return (
        f"{found.deliveries:,} deliveries ({size(found.size)}) {verb} deleted, {found.kept:,} kept."
    )


def _prune(store: Path, before: datetime, keep: int, tell: Callable[[int], None]) -> int:
    from receiver.control import changing  # noqa: PLC0415

    deleted, after = 0, 0
    with changing(store) as change:
        while True:
            arguments = {"before": instant(before), "keep": keep, "after": after}
            done = change("prune", arguments)
            if not isinstance(done, dict):
                raise CommandError("The receiver's answer makes no sense.", Exit.UNEXPECTED)
            deleted += int(done["deleted"])
            tell(deleted)
            if done["after"] is None:
                return deleted
            after = int(done["after"])


def _compact(session: Session, store: Path) -> int:
    from store.retention import compact  # noqa: PLC0415

    try:
        return compact(store)
    except StoreInUseError:
        session.console.say(
            "A receiver has the store open, so the file keeps its size; new deliveries fill the "
            "space. Run `prune` again while it is stopped to give it back to the disk."
        )
    except StoreUnavailableError as error:
        session.console.say(str(error))
    return 0
