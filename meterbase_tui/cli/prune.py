"""`prune`: old deliveries are deleted, their identities never."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, STORE, json_option, read_instant, setting_options
from meterbase_tui.cli.progress_bar import show_bar
from meterbase_tui.cli.session import open_reader
from meterbase_tui.exports.json_fields import instant
from meterbase_tui.wording.values import size
from store.errors import StoreInUseError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from meterbase_tui.settings import Settings
    from store.pruning.limits import Limits
    from store.reader import Connection
    from store.records import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """What is to be deleted, and how a receiver is asked for it."""

    operation: str
    arguments: Mapping[str, Json]
    deliveries: int
    size: int
    kept: int
    before: datetime | None = None
    refused: int | None = None
    """How many of them are refused ones, where limits say what goes."""


@click.command()
@click.option(
    "--older-than",
    "before",
    metavar="SPAN",
    callback=read_instant,
    help="Delete what was received longer ago than this, such as 30d, or before this time.",
)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(min=0, max=MOST),
    help="With --older-than: keep the newest N deliveries, however old.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@setting_options((*STORE, "keep_days", "keep_deliveries", "keep_size"))
@json_option
@click.pass_obj
def prune(
    session: Session,
    /,
    *,
    before: datetime | None,
    keep: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Delete old deliveries with their bodies.

    Without --older-than, what the limits ask for: keep_days, keep_deliveries and keep_size, which
    a receiver holds by itself. Events, changes and records stay, and so does what is still to be
    processed or passed on. The identity of an event is never deleted, so a late retry is a
    duplicate all the same.
    """
    settings = session.load()
    with open_reader(settings) as reader, reader.connect() as connection:
        deed = _find_deed(connection, settings, before, keep)
    if not as_json:
        session.console.say(_announce(deed, dry_run=dry_run))
    deleted = 0
    if deed.deliveries and not dry_run:
        with show_bar("Deleting", deed.deliveries) as tell:
            deleted = _prune(settings.db, deed, tell)
    freed = 0 if dry_run else _compact(session, settings.db)
    if as_json:
        limits = settings.limits if before is None else None
        session.console.json_document(
            _fields(deed, limits, deleted=deleted, freed=freed, dry_run=dry_run)
        )
    elif not dry_run:
        session.console.line(f"Deleted {deleted:,} deliveries; {size(freed)} given back.")


def _fields(
    deed: _Deed, limits: Limits | None, *, deleted: int, freed: int, dry_run: bool
) -> Fields:
    return {
        "before": deed.before and instant(deed.before),
        "limits": None if limits is None else asdict(limits),
        "dry_run": dry_run,
        "prunable": deed.deliveries,
        "prunable_bytes": deed.size,
        "prunable_refused": deed.refused,
        "deleted": deleted,
        "kept": deed.kept + deed.deliveries - deleted,
        "freed_bytes": freed,
    }


def _find_deed(
    connection: Connection, settings: Settings, before: datetime | None, keep: int | None
) -> _Deed:
    # Here, since it takes SQLAlchemy: `--help` does without.
    from store.pruning.retention import count_prunable  # noqa: PLC0415
    from store.pruning.retention_plan import make_plan  # noqa: PLC0415

    if before is not None:
        found = count_prunable(connection, before, keep or 0)
        arguments: dict[str, Json] = {"before": instant(before), "keep": keep or 0}
        return _Deed(
            operation="prune",
            arguments=arguments,
            deliveries=found.deliveries,
            size=found.size,
            kept=found.kept,
            before=before,
        )
    if keep is not None:
        raise click.UsageError("--keep goes with --older-than; --keep-deliveries is a limit.")
    if not settings.limits:
        raise click.UsageError(
            "Say what is old with --older-than, or set keep_days, keep_deliveries or keep_size."
        )
    targets = [target.url for target in settings.forward_settings.targets]
    plan = make_plan(connection, settings.limits, datetime.now(UTC), targets)
    return _Deed(
        operation="prune_selected",
        arguments=asdict(plan.selection),
        deliveries=plan.deliveries,
        size=plan.size,
        kept=plan.kept,
        refused=plan.refused,
    )


def _announce(deed: _Deed, *, dry_run: bool) -> str:
    verb = "would be" if dry_run else "are to be"
    refused = f", {deed.refused:,} of them refused ones" if deed.refused else ""
    return (
        f"{deed.deliveries:,} deliveries ({size(deed.size)}{refused}) {verb} deleted, "
        f"{deed.kept:,} kept."
    )


def _prune(store: Path, deed: _Deed, tell: Callable[[int], None]) -> int:
    from receiver.control import changing  # noqa: PLC0415

    deleted, after = 0, 0
    with changing(store) as change:
        while True:
            done = change(deed.operation, {**deed.arguments, "after": after})
            if not isinstance(done, dict):
                raise CommandError("The receiver's answer makes no sense.", Exit.UNEXPECTED)
            deleted += int(done["deleted"])
            tell(deleted)
            if done["after"] is None:
                return deleted
            after = int(done["after"])


def _compact(session: Session, store: Path) -> int:
    from store.pruning.retention import compact  # noqa: PLC0415

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
