"""`curl`: a command that sends a stored delivery again, correctly signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.dispatch import local_url
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import MOST, TARGET, setting_options
from meterbase_tui.cli.sending_options import read_url, url_option
from meterbase_tui.cli.session import Session, open_reader
from sample_payloads.curl import build_curl, fits_inline
from store.reading.deliveries import get_deliveries, read_content

if TYPE_CHECKING:
    from meterbase_tui.settings import Settings
    from store.records import Content, Delivery


@click.command()
@click.argument(
    "delivery_id",
    metavar="ID",
    type=click.IntRange(min=1, max=MOST),
    shell_complete=completing.deliveries,
)
@url_option
@click.option(
    "--body-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Put the body there; needed for one that is large or no text.",
)
@setting_options(TARGET)
@click.pass_obj
def curl(session: Session, /, delivery_id: int, *, url: str | None, body_file: Path | None) -> None:
    """Print a curl command that sends a stored delivery again, correctly signed.

    It holds the signature, never the secret, and sends exactly the bytes that were received.
    """
    settings = session.load_with_secret()
    delivery, content = _read(settings, delivery_id)
    if body_file is None and not fits_inline(content.body):
        raise CommandError(
            f"The body of delivery {delivery_id} is large or no text: say where to put it with "
            "--body-file.",
            Exit.USAGE,
        )
    if body_file is not None:
        _write(body_file, content.body)
    made = build_curl(
        read_url(url) if url else local_url(settings),
        delivery.method,
        content.headers,
        content.body,
        secret=settings.secrets.current,
        file=str(body_file) if body_file else None,
    )
    session.console.line(made.command, newline=True)
    if made.omitted:
        session.console.say(f"Left out, since it is no text: {', '.join(made.omitted)}.")


def _read(settings: Settings, delivery_id: int) -> tuple[Delivery, Content]:
    with open_reader(settings) as reader, reader.connect() as connection:
        delivery = get_deliveries(connection, [delivery_id]).get(delivery_id)
        content = read_content(connection, delivery_id)
    if delivery is None or content is None:
        raise CommandError(f"There is no delivery {delivery_id} in {settings.db}.", Exit.NOT_FOUND)
    if not content.complete:
        raise CommandError(
            f"Delivery {delivery_id} was refused, and only the beginning of its body was kept.",
            Exit.PROBLEM,
        )
    return delivery, content


def _write(path: Path, body: bytes) -> None:
    try:
        path.touch(mode=0o600)
        path.write_bytes(body)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", Exit.USAGE) from None
