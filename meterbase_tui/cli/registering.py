"""`connections add|remove`, `properties link|unlink`, `reprocess`: what changes a store.

A receiver that has the store open is asked to make the change; without one, the command makes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, STORE, setting_options
from meterbase_tui.settings import ensure_store_folder
from meterbase_tui.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.cli.session import Session
    from store.records import Json

_F = TypeVar("_F", bound="Callable[..., Any]")


class _Id(click.ParamType[str]):
    """An id of the sender's: any text but none at all."""

    name = "id"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id as it was given."""
        if not value.strip():
            self.fail("an id cannot be empty", param, ctx)
        return value


ID = _Id()


def _property_of_connection(command: _F) -> _F:
    """Adds the argument and the option that name one property."""
    of = click.option(
        "--connection",
        "connection_id",
        metavar="ID",
        type=ID,
        required=True,
        help="The connection it is of.",
        shell_complete=completing.connections,
    )
    which = click.argument(
        "property_id", metavar="ID", type=ID, shell_complete=completing.properties
    )
    return which(of(command))


@click.command("add")
@click.argument("connection_id", metavar="ID", type=ID, shell_complete=completing.connections)
@click.option("--name", metavar="NAME", help="What to call it.")
@setting_options(STORE)
@click.pass_obj
def add_connection(session: Session, connection_id: str, name: str | None) -> None:
    """Register a connection, so that its events are processed.

    Events that were ignored before stay so; `reprocess --ignored` brings them in.
    """
    new = change_store(session, "register_connection", connection_id=connection_id, name=name)
    done = "Registered" if new else "Already registered:"
    session.console.line(f"{done} {visible(connection_id)}")


@click.command("remove")
@click.argument("connection_id", metavar="ID", type=ID, shell_complete=completing.connections)
@setting_options(STORE)
@click.pass_obj
def remove_connection(session: Session, connection_id: str) -> None:
    """Stop processing a connection's events. Its records stay."""
    if not change_store(session, "unregister_connection", connection_id=connection_id):
        raise CommandError(
            f"The connection {visible(connection_id)} is not registered.", Exit.NOT_FOUND
        )
    session.console.line(f"Removed {visible(connection_id)}")


@click.command("link")
@_property_of_connection
@setting_options(STORE)
@click.pass_obj
def link_property(session: Session, property_id: str, connection_id: str) -> None:
    """Import a property: events of its units, leases and residents are processed.

    Events that were ignored before, since it was not linked, are processed now, in the order
    received; without a running receiver, when one starts.
    """
    done = change_store(
        session, "link_property", connection_id=connection_id, property_id=property_id
    )
    session.console.line(f"Linked {visible(property_id)} of {visible(connection_id)}")
    queued = done.get("event_ids") if isinstance(done, dict) else None
    if queued:
        session.console.line(f"{len(queued):,} ignored before, to be processed now")


@click.command("unlink")
@_property_of_connection
@setting_options(STORE)
@click.pass_obj
def unlink_property(session: Session, property_id: str, connection_id: str) -> None:
    """Stop processing a property's events. Its records stay."""
    if not change_store(
        session, "unlink_property", connection_id=connection_id, property_id=property_id
    ):
        raise CommandError(
            f"The property {visible(property_id)} of {visible(connection_id)} is not linked.",
            Exit.NOT_FOUND,
        )
    session.console.line(f"Unlinked {visible(property_id)} of {visible(connection_id)}")


@click.command()
@click.argument(
    "event_ids",
    metavar="[ID]…",
    nargs=-1,
    type=click.IntRange(min=1, max=MOST),
    shell_complete=completing.events,
)
@click.option("--failed", is_flag=True, help="Every event that failed.")
@click.option("--ignored", is_flag=True, help="Every event that was ignored.")
@click.option("--force", is_flag=True, help="Apply them even over something newer.")
@setting_options(STORE)
@click.pass_obj
def reprocess(
    session: Session, event_ids: tuple[int, ...], *, failed: bool, ignored: bool, force: bool
) -> None:
    """Process events again, from their stored bodies and in the order received.

    A receiver that runs does so at once; without one, they are processed when one starts.
    """
    states = ["failed"] * failed + ["ignored"] * ignored
    if not event_ids and not states:
        raise click.UsageError("Name events by their ids, or say --failed or --ignored.")
    found = change_store(session, "reprocess", event_ids=event_ids, states=states, force=force)
    queued = found if isinstance(found, list) else []
    missing = [event_id for event_id in event_ids if event_id not in queued]
    session.console.line(f"{len(queued):,} to be processed again")
    if missing:
        names = ", ".join(map(str, missing))
        raise CommandError(
            f"Not found, still in the queue, or without a stored body: {names}.", Exit.NOT_FOUND
        )


def change_store(session: Session, operation: str, **arguments: Any) -> Json:
    """Has an operation performed by the receiver that has the store open, or else by us.

    Raises:
        StoreError: it could not be.
    """
    # Here, since it takes SQLAlchemy: `--help` does without.
    from receiver.control import request  # noqa: PLC0415

    settings = session.load()
    ensure_store_folder(settings)
    return request(settings.db, operation, arguments, with_sample=settings.sample_connection)
