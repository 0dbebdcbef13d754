"""`reverify`: refused deliveries that prove authentic now, sent through the one door again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.receiving.presence import require_presence
from meterbase_tui.receiving.reverifying import Reverified, read_authentic, sum_up
from meterbase_tui.receiving.reverifying import reverify as send_again

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from meterbase_tui.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say which ones there are.")
@setting_options(STORE)
@json_option
@click.pass_obj
def reverify(session: Session, /, *, dry_run: bool, as_json: bool) -> int:
    """Check refused signatures against the secret in force now, and process what proves authentic.

    For after a wrong secret was corrected. What was refused stays in the log as it was; what proves
    authentic is sent to the running receiver as a replay of it, oldest first. Bodies over 16 KiB
    were not kept whole and cannot be checked. Exit code 3 if one was not accepted.
    """
    settings = session.load_with_secret()
    if dry_run:
        _list(session, read_authentic(settings.db, settings.secrets), as_json=as_json)
        return Exit.DONE
    done = asyncio.run(_send(session, settings, as_json=as_json))
    if not as_json:
        session.console.line(sum_up(done))
    if done and done[-1].reply.status is None:
        raise CommandError(done[-1].reply.error or "The receiver stopped.", Exit.UNREACHABLE)
    return Exit.DONE if all(each.reply.accepted for each in done) else Exit.PROBLEM


async def _send(session: Session, settings: Settings, *, as_json: bool) -> list[Reverified]:
    done = []
    url = require_presence(settings.db).url
    async for each in send_again(settings.db, settings.secrets, url):
        done.append(each)
        if as_json:
            session.console.json_line(_fields(each))
    return done


def _list(session: Session, ids: list[int], *, as_json: bool) -> None:
    if as_json:
        for delivery_id in ids:
            session.console.json_line({"replay_of": delivery_id})
        return
    names = f": {', '.join(map(str, ids[:20]))}{' …' if len(ids) > 20 else ''}" if ids else ""  # noqa: PLR2004
    session.console.line(f"{len(ids):,} refused deliveries prove authentic{names}")


def _fields(each: Reverified) -> Fields:
    answer = each.reply.answer if isinstance(each.reply.answer, dict) else {}
    return {
        "replay_of": each.delivery_id,
        "status": each.reply.status,
        "accepted": each.reply.accepted,
        "delivery_id": answer.get("delivery_id"),
        "event_id": answer.get("event_id"),
        "duplicate": answer.get("duplicate"),
        "error": each.reply.error,
    }
