"""`tunnel status|url|test`: how the public address of the running receiver is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from meterbase_tui.checking.ping import look_for, send_ping
from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.session import open_reader
from meterbase_tui.cli.tables import print_facts
from meterbase_tui.cli.tunnel_fields import tunnel_fields
from meterbase_tui.exports.json_fields import instant
from meterbase_tui.receiving.presence import require_presence
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.setup_steps import NO_PUBLIC_ADDRESS, describe_setup
from receiver.checks.probes import PingOutcome
from receiver.checks.public_url import explain_ping
from receiver.tunnel import TunnelState, webhook_url

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from receiver.checks.check import Finding
    from receiver.checks.probes import Ping
    from receiver.tunnel import TunnelStatus

_PING_S = 8.0
_TONES = {TunnelState.ONLINE: Tone.SUCCESS, TunnelState.FAILED: Tone.ERROR}


@click.command()
@setting_options(STORE)
@json_option
@click.pass_obj
def status(session: Session, /, *, as_json: bool) -> None:
    """Show how the tunnel of the running receiver is."""
    presence = require_presence(session.load().db)
    found = presence.tunnel
    if as_json:
        session.console.json_document({**tunnel_fields(found), "url": presence.url})
        return
    problem = found.problem
    print_facts(
        session.console,
        [
            ("Tunnel", Cell(found.state.value, _TONES.get(found.state, Tone.WARNING))),
            ("By", Cell(found.provider.value)),
            ("Since", Cell(instant(found.since))),
            ("Public address", Cell(visible(webhook_url(found) or "", 500), Tone.STRONG)),
            ("Leads to", Cell(visible(presence.url, 500))),
            ("Problem", Cell(visible(problem.sentence if problem else "", 500), Tone.ERROR)),
            ("What to do", Cell(visible(problem.cure if problem else found.why_off or "", 500))),
            ("See", Cell(visible((problem and problem.link) or "", 200))),
        ],
    )


@click.command()
@setting_options(STORE)
@json_option
@click.pass_obj
def url(session: Session, /, *, as_json: bool) -> int:
    """Print the address to paste into Propexo's dashboard, and the steps beside it.

    The address alone goes to standard output. Exit code 3 if there is no public one.
    """
    settings = session.load_with_secret()
    presence = require_presence(settings.db)
    setup = describe_setup(
        webhook_url(presence.tunnel),
        presence.url,
        generated_secret=settings.secret_generated,
        env_file=settings.env_file,
    )
    if as_json:
        session.console.json_document(
            {"url": setup.url, "public": setup.public, "steps": list(setup.steps)}
        )
    else:
        session.console.line(visible(setup.url, 500))
        if not setup.public:
            session.console.say(NO_PUBLIC_ADDRESS)
        for number, step in enumerate(setup.steps, start=1):
            session.console.say(f"{number}. {step}")
    return Exit.DONE if setup.public else Exit.PROBLEM


@click.command()
@setting_options(STORE)
@json_option
@click.pass_obj
def test(session: Session, /, *, as_json: bool) -> int:
    """Send a signed test.ping with a nonce to the public address, and say what became of it.

    Exit code 3 if it did not arrive and come back.
    """
    settings = session.load_with_secret()
    found = require_presence(settings.db).tunnel
    address = webhook_url(found)
    if address is None:
        raise CommandError(_why_none(found), Exit.PROBLEM)
    now = datetime.now(UTC)
    sent = send_ping(address, settings.secrets, now, seconds=_PING_S, by_proxy=True)
    with open_reader(settings) as reader, reader.connect() as connection:
        ping = look_for(connection, sent)
    finding = explain_ping(ping)
    arrived = ping.outcome is PingOutcome.ARRIVED
    if as_json:
        session.console.json_document(_ping_fields(ping, finding))
    else:
        sign = Cell("✓ ", Tone.SUCCESS) if arrived else Cell("✗ ", Tone.ERROR)
        session.console.cells([sign, Cell(visible(finding.detail, 600))], whole=True)
        if finding.fix:
            session.console.cells([Cell(f"→ {visible(finding.fix, 600)}")], whole=True)
    return Exit.DONE if arrived else Exit.PROBLEM


def _why_none(found: TunnelStatus) -> str:
    if found.problem is not None:
        return f"There is no public address: {found.problem.sentence} {found.problem.cure}"
    return found.why_off or f"There is no public address. {NO_PUBLIC_ADDRESS}"


def _ping_fields(ping: Ping, finding: Finding) -> Fields:
    return {
        "url": ping.url,
        "outcome": ping.outcome.value,
        "status": ping.status,
        "delivery_id": ping.delivery_id,
        "ms": ping.ms,
        "explanation": finding.detail,
        "fix": finding.fix,
    }
