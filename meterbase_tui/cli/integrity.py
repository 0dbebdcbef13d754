"""`integrity`: is everything in the store still what was received?"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import Exit
from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.progress_bar import show_bar
from meterbase_tui.cli.session import open_reader
from meterbase_tui.wording.values import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from store.reader import Reader
    from store.safekeeping.integrity import StructureCheck

_STRUCTURE_S = 600.0
_TELL_EVERY_S = 5.0
_MOST_NAMED = 20


@click.command()
@setting_options(STORE)
@json_option
@click.pass_obj
def integrity(session: Session, /, *, as_json: bool) -> int:
    """Check every body against its checksum, and the structure of the file.

    Reads the whole store, also while a receiver runs: it holds up nobody. How far it is stands on
    standard error. Exit code 3 if something is not what was received.
    """
    # Here, since it takes SQLAlchemy: `--help` does without.
    from store.safekeeping.integrity import Soundness, check_structure  # noqa: PLC0415

    settings = session.load()
    with open_reader(settings) as reader:
        found = _check_bodies(session.console, reader)
        with reader.connect() as connection:
            structure = check_structure(connection, _STRUCTURE_S)
    well = not found.damaged and structure.soundness is not Soundness.DAMAGED
    if as_json:
        session.console.json_document(
            {
                "ok": well,
                "checked": found.checked,
                "bytes": found.size,
                "partial": found.partial,
                "damaged": found.damaged,
                "structure": structure.soundness.value,
                "structure_detail": structure.detail,
            }
        )
    else:
        _print(session.console, found, structure)
    return Exit.DONE if well else Exit.PROBLEM


class _Found:
    def __init__(self) -> None:
        self.checked = self.size = self.partial = 0
        self.damaged: list[int] = []


def _check_bodies(console: Console, reader: Reader) -> _Found:
    from store.safekeeping.integrity import check_bodies_after, newest_delivery  # noqa: PLC0415

    found = _Found()
    with reader.connect() as connection:
        upto = newest_delivery(connection)
    after: int | None = 0
    with _progress(console, upto) as tell:
        while after is not None:
            # A view of its own each time: the log of the database can be emptied in between.
            with reader.connect() as connection:
                done = check_bodies_after(connection, after, upto=upto)
            found.checked += done.checked
            found.size += done.size
            found.partial += done.partial
            found.damaged += done.damaged
            after = done.last
            tell(upto if after is None else after)
    return found


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, otherwise a line now and then."""
    if sys.stderr.isatty():
        with show_bar("Comparing bodies", total) as tell:
            yield tell
        return
    told = time.monotonic()

    def say(done: int) -> None:
        nonlocal told
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            console.say(f"Compared to delivery {done:,} of {total:,}.")

    yield say


def _print(console: Console, found: _Found, structure: StructureCheck) -> None:
    partial = f"; of {found.partial:,} refused ones only the beginning was kept" * bool(
        found.partial
    )
    if found.damaged:
        named = ", ".join(map(str, found.damaged[:_MOST_NAMED]))
        more = len(found.damaged) - _MOST_NAMED
        console.line(
            f"{len(found.damaged):,} of {found.checked:,} bodies do not match their checksum: "
            f"{named}{f' and {more:,} more' if more > 0 else ''}. The disk or the file is damaged: "
            "keep a copy of the file, and start with another store (--db)."
        )
    else:
        console.line(
            f"All of {found.checked:,} bodies ({size(found.size)}) match their checksums{partial}."
        )
    detail = f" ({structure.detail})" if structure.detail else ""
    console.line(f"The structure of the file is {structure.soundness.value}{detail}.")
