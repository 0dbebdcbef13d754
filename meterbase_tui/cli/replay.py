"""`replay`: stored deliveries, sent again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.dispatch import Parcel, dispatch, local_url
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.forwards import move
from meterbase_tui.cli.options import MOST, TARGET, json_option, setting_options
from meterbase_tui.cli.sending_options import edit_options, read_url, url_option
from meterbase_tui.cli.session import Session, open_reader
from sample_payloads.edits import EditError, Timestamps
from sample_payloads.replays import ReplayError, build_replay
from store.forwarding.forward_records import ForwardState
from store.reading.deliveries import get_deliveries, read_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.settings import Settings
    from sample_payloads.edits import Edits
    from sample_payloads.replays import Replay
    from store.records import Content, Delivery


@click.command()
@click.argument(
    "ids",
    metavar="[ID]…",
    type=click.IntRange(min=1, max=MOST),
    nargs=-1,
    shell_complete=completing.deliveries,
)
@click.option(
    "--failed-forwards",
    is_flag=True,
    help="Pass on anew what failed at the forward targets, in the order received.",
)
@url_option
@edit_options
@click.option("--resign", is_flag=True, help="Sign what is sent with the secret in force.")
@click.option("--exact", is_flag=True, help="Keep the timestamp of a body that is edited.")
@setting_options(TARGET)
@json_option
@click.pass_obj
def replay(
    session: Session,
    /,
    ids: tuple[int, ...],
    *,
    url: str | None,
    edits: Edits,
    resign: bool,
    exact: bool,
    failed_forwards: bool,
    as_json: bool,
) -> int:
    """Send stored deliveries again.

    Without edits they go out byte for byte and with their headers, to the path that they came to.
    One that is edited is a new event with a fresh timestamp; without --resign it keeps its old
    signature, which shows how a changed body is refused.
    """
    if failed_forwards:
        move(session, ForwardState.FAILED, ForwardState.WAITING, None)
        if not ids:
            return Exit.DONE
    if not ids:
        raise click.UsageError("Name deliveries by their ids, or say --failed-forwards.")
    settings = session.load_with_secret()
    target = None if url is None else read_url(url)
    stored = _read(settings, ids)
    plan = _Plan(
        console=session.console,
        base_url="" if target else _base_of(local_url(settings)),
        url=target,
        secret=settings.secrets.current,
        edits=edits,
        resign=resign,
        timestamps=None if exact else Timestamps(),
    )
    parcels = (plan.pack(delivery, content) for delivery, content in stored)
    return dispatch(session.console, parcels, as_json=as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How deliveries are to be sent again."""

    console: Console
    base_url: str
    url: str | None
    secret: bytes = field(repr=False)
    edits: Edits
    resign: bool
    timestamps: Timestamps | None

    def pack(self, delivery: Delivery, content: Content) -> Parcel:
        """A delivery, ready to be sent; raises `CommandError`."""
        try:
            built = build_replay(
                delivery,
                content,
                base_url=self.base_url,
                secret=self.secret,
                url=self.url,
                edits=self.edits,
                timestamp=self.timestamps.next() if self.timestamps else None,
                resign=self.resign,
            )
        except ReplayError as error:
            raise CommandError(str(error), Exit.PROBLEM) from None
        except EditError as error:
            raise CommandError(f"Delivery {delivery.id}: {error}", Exit.USAGE) from None
        _narrate(self.console, delivery, built, self.edits)
        return Parcel(f"replay of {delivery.id}", built.outgoing, (("replay_of", delivery.id),))


def _read(settings: Settings, ids: Sequence[int]) -> list[tuple[Delivery, Content]]:
    with open_reader(settings) as reader, reader.connect() as connection:
        known = get_deliveries(connection, ids)
        found = []
        for delivery_id in ids:
            content = read_content(connection, delivery_id)
            if delivery_id not in known or content is None:
                raise CommandError(
                    f"There is no delivery {delivery_id} in {settings.db}.", Exit.NOT_FOUND
                )
            found.append((known[delivery_id], content))
    return found


def _base_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _narrate(console: Console, delivery: Delivery, built: Replay, edits: Edits) -> None:
    if built.omitted:
        names = ", ".join(built.omitted)
        console.say(f"Headers of delivery {delivery.id} that cannot be sent are left out: {names}.")
    if edits and not built.edited:
        console.say(f"The edits change nothing in delivery {delivery.id}.")
