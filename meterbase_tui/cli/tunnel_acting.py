"""`tunnel recover|restart|install`: what can be done about the public address."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from meterbase_tui.checking.missed_requests import InspectorError
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import EVERYTHING, STORE, json_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.exports.json_fields import instant
from meterbase_tui.receiving.presence import require_presence
from meterbase_tui.receiving.recovery import Recovered, look_for_missed, sum_up
from meterbase_tui.receiving.recovery import recover as send_missed
from meterbase_tui.runtime import RESTART_TUNNEL
from meterbase_tui.text import visible
from receiver.control import request_deed
from receiver.tunnel import DOWNLOAD_SIZE, Problem, install_agent, install_target

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields


@click.command()
@click.option(
    "--inspector",
    metavar="URL",
    help="The local API of an ngrok agent that somebody else started, such as "
    "http://127.0.0.1:4040.",
)
@setting_options(STORE)
@json_option
@click.pass_obj
def recover(session: Session, /, *, inspector: str | None, as_json: bool) -> int:
    """Bring requests into the log that the tunnel's agent saw while the receiver was down.

    They are sent to the receiver as they came, and verified and processed like any delivery. Exit
    code 3 if some could not be recovered.
    """
    settings = session.load()
    presence = require_presence(settings.db)
    inspector = inspector or presence.tunnel.inspector_url
    if inspector is None:
        raise CommandError(
            "Only ngrok's agent keeps the requests that it saw, and none is known here. Name its "
            "local API with --inspector. Propexo delivers again by itself what it got no answer "
            "to.",
            Exit.PROBLEM,
        )
    try:
        with open_reader(settings) as reader:
            missed = look_for_missed(inspector, reader, datetime.now(UTC))
    except InspectorError as error:
        raise CommandError(str(error), Exit.UNREACHABLE) from None
    done = asyncio.run(send_missed(missed, presence.url))
    if as_json:
        for each in done:
            session.console.json_line(_fields(each))
    else:
        session.console.line(sum_up(len(missed), done))
    return Exit.DONE if sum(each.accepted for each in done) == len(missed) else Exit.PROBLEM


@click.command()
@setting_options(STORE)
@click.pass_obj
def restart(session: Session, /) -> None:
    """Start the tunnel of the running receiver anew."""
    settings = session.load()
    require_presence(settings.db)
    request_deed(settings.db, RESTART_TUNNEL)
    session.console.line("The tunnel is starting anew.")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@setting_options(EVERYTHING)
@click.pass_obj
def install(session: Session, /, *, yes: bool) -> int:
    """Download ngrok's agent, after asking."""
    settings = session.load().tunnel_settings
    target = install_target(settings)
    question = f"Download ngrok's agent ({DOWNLOAD_SIZE}, from bin.ngrok.com) to {target}?"
    if not yes and not _agreed(visible(question, 500)):
        return Exit.DONE
    session.console.say("Downloading …")
    made = install_agent(settings)
    if isinstance(made, Problem):
        raise CommandError(f"{made.sentence} {made.cure}", Exit.UNREACHABLE)
    session.console.line(f"Installed ngrok {made.version} as {visible(str(made.path), 500)}")
    return Exit.DONE


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise CommandError(f"{question} Say --yes to do so.", Exit.USAGE)
    return click.confirm(question, err=True)


def _fields(each: Recovered) -> Fields:
    reply = each.reply
    answer = reply.answer if reply and isinstance(reply.answer, dict) else {}
    return {
        "seen_at": each.request.at and instant(each.request.at),
        "size": len(each.request.body),
        "whole": each.request.whole,
        "status": reply and reply.status,
        "delivery_id": answer.get("delivery_id"),
        "event_id": answer.get("event_id"),
        "error": reply and reply.error,
    }
