"""`export`: the log as a file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import click

from meterbase_tui import archives, har
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.listing_parts import filter_options, read_filters
from meterbase_tui.cli.options import STORE, setting_options, since_option
from meterbase_tui.cli.session import Session, open_reader
from meterbase_tui.formats import size
from receiver.personal_data import mask_text
from store.deliveries import get_deliveries, newer_ids, newest_id, read_content

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.filters import Filters
    from store.reader import Connection
    from store.records import Content, Delivery

_AT_ONCE = 200
_TOLD_EVERY = 20_000


@click.command()
@click.option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "har"]),
    default="jsonl",
    show_default=True,
    help="JSON lines for `import`, or HAR 1.2 for browsers and proxies.",
)
@click.option("--redact", is_flag=True, help="Mask names, e-mail addresses and phone numbers.")
@click.option(
    "--output",
    "path",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Write there instead of on standard output.",
)
@filter_options("event", "state", "verdict", "connection_id", "property_id", "unit_id", "search")
@since_option
@setting_options(STORE)
@click.pass_obj
def export(
    session: Session, /, *, kind: str, redact: bool, path: str | None, **conditions: Any
) -> None:
    """Write the log, or the part of it that the filters choose, oldest first.

    Bodies and headers are exact to the byte; the signing secret is not in it. What was masked
    cannot be imported, and says so.
    """
    with (
        open_reader(session.load()) as reader,
        reader.connect() as connection,
        _opened(session, path) as file,
    ):
        filters = read_filters(connection, conditions)
        writer = _Writer(file, redact=redact)
        write = writer.write_har if kind == "har" else writer.write_lines
        write(_pairs(session, connection, filters))
    place = f" in {path}" if path else ""
    masked = ", with people's data masked" if redact else ""
    session.console.say(
        f"Exported {writer.count:,} deliveries{masked}{place} ({size(writer.written)})."
    )


class _Writer:
    """Writes an export, and counts."""

    def __init__(self, file: IO[bytes], *, redact: bool) -> None:
        self._file = file
        self._redact = redact
        self.count = self.written = 0

    def write_lines(self, pairs: Iterator[tuple[Delivery, Content]]) -> None:
        self._put(archives.head_line(datetime.now(UTC), redacted=self._redact) + "\n")
        for delivery, content in pairs:
            self._put(archives.delivery_line(*self._shown(delivery, content)) + "\n")

    def write_har(self, pairs: Iterator[tuple[Delivery, Content]]) -> None:
        self._put(har.head(redacted=self._redact))
        separator = "\n"
        for delivery, content in pairs:
            self._put(separator + har.entry(*self._shown(delivery, content)))
            separator = ",\n"
        self._put(har.FOOT + "\n")

    def _shown(self, delivery: Delivery, content: Content) -> tuple[Delivery, Content]:
        self.count += 1
        if not self._redact:
            return delivery, content
        explanation = delivery.explanation and mask_text(delivery.explanation)
        masked = replace(delivery, path=mask_text(delivery.path), explanation=explanation)
        return masked, archives.redact(content)

    def _put(self, text: str) -> None:
        self.written += self._file.write(text.encode("ascii"))


def _pairs(
    session: Session, connection: Connection, filters: Filters
) -> Iterator[tuple[Delivery, Content]]:
    """What is exported, oldest first, up to what is the newest now."""
    done, at, last = 0, 0, newest_id(connection)
    while ids := newer_ids(connection, at, filters, limit=_AT_ONCE):
        at = ids[-1]
        known = get_deliveries(connection, ids)
        for delivery_id in ids:
            content = read_content(connection, delivery_id)
            if delivery_id > last:
                return
            if delivery_id in known and content is not None:
                done += 1
                yield known[delivery_id], content
        if done % _TOLD_EVERY == 0:
            session.console.say(f"{done:,} deliveries …")


@contextmanager
def _opened(session: Session, path: str | None) -> Iterator[IO[bytes]]:
    """The file, for its owner only; or standard output."""
    if path is None:
        yield session.console.bytes_out()
        session.console.flush()
        return
    from meterbase_tui.private_files import replacing  # noqa: PLC0415

    try:
        with replacing(path) as file:
            yield file
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", Exit.USAGE) from None
