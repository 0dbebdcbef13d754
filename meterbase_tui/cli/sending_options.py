"""What commands that send have in common: where to, and what is changed in a body before."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.settings.addresses import parse_http_url
from receiver.arrival.route import WEBHOOK_PATH
from sample_payloads.edits import EditError, Edits, parse_assignment, parse_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_F = TypeVar("_F", bound="Callable[..., Any]")


def url_option(command: _F) -> _F:
    """Adds `--url`; `read_url` takes its value."""
    return click.option(
        "--url", metavar="URL", help="Send there instead of to the receiver of the settings."
    )(command)


def read_url(url: str) -> str:
    """A target of `--url`; one without any path gets the receiver's. Raises `CommandError`."""
    try:
        address = parse_http_url(url)
    except ValueError as error:
        raise CommandError(f"--url {error}, not {url!r}.", Exit.USAGE) from None
    return address if "/" in address.partition("://")[2] else address + WEBHOOK_PATH


def edit_options(command: _F) -> _F:
    """Adds `--set` and `--remove`; the command gets both as one parameter, `edits`."""

    @wraps(command)
    def with_edits(
        *args: Any, assignments: tuple[str, ...], removals: tuple[str, ...], **options: Any
    ) -> Any:
        return command(*args, edits=_read_edits(assignments, removals), **options)

    assigning = click.option(
        "--set",
        "assignments",
        metavar="PATH=VALUE",
        multiple=True,
        help="Set a field, such as data.status=vacant. The value is JSON, or else text.",
    )
    removing = click.option(
        "--remove",
        "removals",
        metavar="PATH",
        multiple=True,
        help="Remove a field, such as changes.",
    )
    return cast("_F", assigning(removing(with_edits)))


def _read_edits(assignments: Iterable[str], removals: Iterable[str]) -> Edits:
    try:
        return Edits(
            tuple(parse_assignment(text) for text in assignments),
            tuple(parse_path(text) for text in removals),
        )
    except EditError as error:
        raise CommandError(str(error), Exit.USAGE) from None
