"""`export`: the log as a file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from meterbase_tui.cli.choices import Word
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.listing_parts import filter_options, read_filters
from meterbase_tui.cli.options import MOST, STORE, setting_options, since_option
from meterbase_tui.cli.progress_bar import show_bar
from meterbase_tui.cli.session import Session, open_reader
from meterbase_tui.exports.exporting import ExportKind, read_pairs, write_export
from meterbase_tui.wording.values import size
from receiver.checks.wording import count
from store.reading.deliveries import get_deliveries, newer_ids, newest_id, read_content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.reader import Connection
    from store.reading.filters import Filters
    from store.records import Content, Delivery

_AT_ONCE = 200


@click.command()
@click.argument("ids", metavar="[ID]…", nargs=-1, type=click.IntRange(min=1, max=MOST))
@click.option(
    "--format",
    "kind",
    type=Word([kind.value for kind in ExportKind]),
    default=ExportKind.JSONL.value,
    show_default=True,
    help="JSON lines for `import`, or HAR 1.2 for browsers and proxies.",
)
@click.option("--redact", is_flag=True, help="Mask names, e-mail addresses and phone numbers.")
@click.option(
    "--output",
    "path",
    type=click.Path(dir_okay=False, readable=False, writable=True),
    metavar="FILE",
    help="Write there instead of on standard output.",
)
@filter_options("event", "state", "verdict", "connection_id", "property_id", "unit_id", "search")
@since_option
@setting_options(STORE)
@click.pass_obj
def export(
    session: Session,
    /,
    *,
    ids: tuple[int, ...],
    kind: str,
    redact: bool,
    path: str | None,
    **conditions: Any,
) -> None:
    """Write the log, or the deliveries that are named or that the filters choose, oldest first.

    Bodies and headers are exact to the byte; the signing secret is not in it. What was masked
    cannot be imported, and says so.
    """
    if ids and any(each is not None for each in conditions.values()):
        raise click.UsageError("Name deliveries by their ids, or choose them by filters.")
    with open_reader(session.load()) as reader, reader.connect() as connection:
        # What is missing is said before a file is made.
        named = _named(connection, ids) if ids else None
        filters = read_filters(connection, conditions)
        last = newest_id(connection)
        # Where lines go to the terminal too, a bar would be drawn over them.
        mixed = path is None and session.console.on_terminal
        with (
            _opened(session, path) as file,
            show_bar("Exporting", 0 if mixed or ids else last) as tell,
        ):
            pairs = named or _pairs(connection, filters, last, tell)
            done = write_export(file, ExportKind(kind), pairs, masked=redact)
    place = f" in {path}" if path else ""
    masked = ", with people's data masked" if redact else ""
    session.console.say(
        f"Exported {count(done.count, 'delivery', 'deliveries')}{masked}{place} "
        f"({size(done.size)})."
    )


def _named(connection: Connection, ids: tuple[int, ...]) -> Iterator[tuple[Delivery, Content]]:
    missing = sorted({*ids} - {*get_deliveries(connection, ids)})
    if missing:
        names = ", ".join(map(str, missing))
        raise CommandError(f"There is no delivery {names}; nothing was written.", Exit.NOT_FOUND)
    return read_pairs(connection, ids)


def _pairs(
    connection: Connection, filters: Filters, last: int, tell: Callable[[int], None]
) -> Iterator[tuple[Delivery, Content]]:
    """What is exported, oldest first, up to what was the newest when it began."""
    at = 0
    while ids := newer_ids(connection, at, filters, limit=_AT_ONCE):
        at = ids[-1]
        known = get_deliveries(connection, ids)
        for delivery_id in ids:
            content = read_content(connection, delivery_id)
            if delivery_id > last:
                return
            if delivery_id in known and content is not None:
                yield known[delivery_id], content
        tell(at)


@contextmanager
def _opened(session: Session, path: str | None) -> Iterator[IO[bytes]]:
    """The file, for its owner only; or standard output."""
    if path is None:
        with session.console.bytes_out() as out:
            yield out
        return
    from meterbase_tui.private_files import replacing  # noqa: PLC0415

    try:
        with replacing(path) as file:
            yield file
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", Exit.USAGE) from None
