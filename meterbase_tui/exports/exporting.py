"""Writes deliveries into a file, as JSON lines or as HAR, masked on request.

The command `export` and the screen's export both write with this.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from meterbase_tui.exports import archives, har
from meterbase_tui.private_files import creating, replacing
from store.reading.deliveries import get_deliveries, read_content

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from store.reader import Connection
    from store.records import Content, Delivery

_AT_ONCE = 200


class ExportKind(StrEnum):
    """What an export is written as; the value is also the ending of its file's name."""

    JSONL = "jsonl"
    HAR = "har"


@dataclass(frozen=True, slots=True)
class Written:
    """What an export came to."""

    count: int
    size: int
    """In bytes."""


def write_export(
    file: IO[bytes],
    kind: ExportKind,
    pairs: Iterable[tuple[Delivery, Content]],
    *,
    masked: bool,
) -> Written:
    """Writes a whole export: its head, a delivery after the other, and its end.

    Args:
        file: where to write.
        kind: as what.
        pairs: the deliveries in the order in which they are to stand.
        masked: whether people's data is masked; such an export cannot be imported, and says so.
    """
    parts = _har_parts if kind is ExportKind.HAR else _line_parts
    count = size = 0
    for text, deliveries in parts(pairs, masked=masked):
        size += file.write(text.encode("ascii"))
        count += deliveries
    return Written(count, size)


def read_pairs(connection: Connection, ids: Collection[int]) -> Iterator[tuple[Delivery, Content]]:
    """The deliveries of these ids with their bodies, oldest first; one that is gone is left out."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        known = get_deliveries(connection, ordered[start : start + _AT_ONCE])
        for delivery_id in sorted(known):
            content = read_content(connection, delivery_id)
            if content is not None:
                yield known[delivery_id], content


def _line_parts(
    pairs: Iterable[tuple[Delivery, Content]], *, masked: bool
) -> Iterator[tuple[str, int]]:
    yield archives.head_line(datetime.now(UTC), redacted=masked) + "\n", 0
    for pair in pairs:
        yield archives.delivery_line(*_shown(pair, masked=masked)) + "\n", 1


def _har_parts(
    pairs: Iterable[tuple[Delivery, Content]], *, masked: bool
) -> Iterator[tuple[str, int]]:
    yield har.head(redacted=masked), 0
    separator = "\n"
    for pair in pairs:
        yield separator + har.entry(*_shown(pair, masked=masked)), 1
        separator = ",\n"
    yield har.FOOT + "\n", 0


def _shown(pair: tuple[Delivery, Content], *, masked: bool) -> tuple[Delivery, Content]:
    return archives.redact(*pair) if masked else pair


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """Which file an export goes into, and how."""

    path: str
    """As a person writes it: `~` is their home, and without a folder it is the working one."""
    masked: bool

    @property
    def target(self) -> Path:
        """The file."""
        return Path(os.path.expanduser(self.path)).absolute()  # noqa: PTH111 - it never raises

    @property
    def kind(self) -> ExportKind:
        """What it is written as: the ending of the name says it, and JSON lines where none does."""
        har = self.path.lower().endswith(f".{ExportKind.HAR}")
        return ExportKind.HAR if har else ExportKind.JSONL


def propose_name(ids: Collection[int]) -> str:
    """A file's name that says which deliveries are in it."""
    first, last = min(ids), max(ids)
    if first == last:
        return f"delivery-{first}.{ExportKind.JSONL}"
    return f"deliveries-{first}-to-{last}.{ExportKind.JSONL}"


def export_file(
    connection: Connection, ids: Collection[int], plan: ExportPlan, *, replace: bool
) -> Written:
    """Writes deliveries into a file that only its owner may read. Blocks.

    Args:
        connection: where to read.
        ids: the deliveries.
        plan: where and how.
        replace: whether a file that is there gives way.

    Raises:
        FileExistsError: there is one, and it does not.
        OSError: it cannot be written.
    """
    if plan.target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    opened = replacing if replace else creating
    with opened(str(plan.target)) as file:
        return write_export(file, plan.kind, read_pairs(connection, ids), masked=plan.masked)
