"""How far long work has come: a bar on standard error, only where that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def show_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows a bar for as long as the block lasts; off a terminal, nothing.

    Args:
        what: what is being done, in a word or two.
        total: when it is done, in units of any kind.

    Yields:
        What is to be told how much is done, in the same units.
    """
    if not sys.stderr.isatty() or not total:
        yield lambda _done: None
        return
    # Here, since most commands show none.
    from rich.console import Console as Terminal  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Terminal(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)
