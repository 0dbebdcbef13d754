"""`sign`: the header's value for a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.bodies import read_body
from meterbase_tui.cli.options import STORE, setting_options
from receiver.judging.signing import sign as sign_body

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session


@click.command()
@click.argument("file", metavar="FILE")
@setting_options(STORE)
@click.pass_obj
def sign(session: Session, file: str) -> None:
    """Print the signature of a file.

    It is the value of the X-Propexo-Signature header for exactly these bytes. FILE may be - for
    standard input.
    """
    secret = session.load_with_secret().secrets.current
    session.console.line(sign_body(secret, read_body(file)))
