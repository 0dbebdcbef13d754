"""`notifications`, `notifications dismiss|restore`: what a person should look at, and has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli import listings
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.lazy import LazyGroup, Place
from meterbase_tui.cli.listing_parts import filtered, listing_options, print_listing
from meterbase_tui.cli.options import MOST, STORE, setting_options
from meterbase_tui.cli.registering import change_store
from store.notifications import list_notifications

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.cli.session import Session

_HERE = "meterbase_tui.cli.notification_commands"
_SECTIONS = {
    "Change": {
        "dismiss": Place(_HERE, "dismiss", "Take them off the list."),
        "restore": Place(_HERE, "restore", "Bring dismissed ones back."),
    }
}


@click.group(cls=LazyGroup, sections=_SECTIONS, invoke_without_command=True)
@listing_options("connection_id", "property_id", "unit_id", "search")
@click.option("--dismissed", is_flag=True, help="List those that were dismissed, too.")
@click.pass_context
def notifications(
    context: click.Context, /, *, as_json: bool, limit: int, dismissed: bool, **conditions: Any
) -> None:
    """List what a person should look at, the newest first."""
    if context.invoked_subcommand is not None:
        return
    query = filtered(partial(list_notifications, dismissed=dismissed), conditions, limit)
    print_listing(context.obj, listings.NOTIFICATIONS, query, as_json=as_json)


def _chosen(command: Callable[..., None]) -> Callable[..., None]:
    """Which notifications a command is about."""
    command = setting_options(STORE)(command)
    command = click.option("--all", "everything", is_flag=True, help="All that there are.")(command)
    number = click.IntRange(min=1, max=MOST)
    return click.argument("ids", metavar="[ID]…", nargs=-1, type=number)(command)


@click.command("dismiss")
@_chosen
@click.pass_obj
def dismiss(session: Session, ids: tuple[int, ...], *, everything: bool) -> None:
    """Take notifications off the list. They stay in the store, and `restore` brings them back."""
    _change(session, "dismiss", "Dismissed", ids, everything=everything)


@click.command("restore")
@_chosen
@click.pass_obj
def restore(session: Session, ids: tuple[int, ...], *, everything: bool) -> None:
    """Bring back notifications that were dismissed."""
    _change(session, "restore", "Brought back", ids, everything=everything)


def _change(
    session: Session, deed: str, done: str, ids: tuple[int, ...], *, everything: bool
) -> None:
    if bool(ids) == everything:
        raise click.UsageError("Name notifications by their ids, or say --all.")
    wanted = None if everything else ids
    changed = change_store(session, f"{deed}_notifications", notification_ids=wanted)
    found = changed if isinstance(changed, list) else []
    missing = [number for number in ids if number not in found]
    session.console.line(f"{done} {len(found):,}")
    if missing:
        state = "dismissed already" if deed == "dismiss" else "not dismissed"
        names = ", ".join(map(str, missing))
        raise CommandError(f"Not found, or {state}: {names}.", Exit.NOT_FOUND)
