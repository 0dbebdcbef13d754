"""`secret`: the signing secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.tables import print_facts
from meterbase_tui.privacy.masking import mask
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session


@click.command()
@click.option("--reveal", is_flag=True, help="Print the secret itself, and nothing else.")
@setting_options(STORE)
@json_option
@click.pass_obj
def secret(session: Session, /, *, reveal: bool, as_json: bool) -> None:
    """Show the signing secret.

    It is generated when there is none. Enter it in Propexo's dashboard, or set
    PROPEXO_WEBHOOK_SECRET to the one that the dashboard shows.
    """
    settings = session.load_with_secret()
    current, source = settings.secrets.current, settings.source("secret")
    previous = settings.previous_secret
    if as_json:
        session.console.json_document(
            {
                "secret": current.decode("utf-8", "backslashreplace") if reveal else mask(current),
                "bytes": len(current),
                "source": source,
                "previous": previous is not None,
            }
        )
    elif reveal:
        session.console.raw(current + b"\n")
    else:
        facts = [("Secret", Cell(mask(current))), ("From", Cell(visible(source)))]
        if previous is not None:
            facts.append(("Previous", Cell(mask(previous))))
        print_facts(session.console, facts)
        session.console.say("Show it with: meterbase-tui secret --reveal")
