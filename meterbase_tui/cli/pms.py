"""`pms serve`: the simulated property management system, to develop an API client against."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.cli.options import json_option, setting_options
from meterbase_tui.terminal.signals import ENDING, signals_given_back
from sample_payloads.pms import PortTakenError, SimulatedPms

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session


@click.group()
def pms() -> None:
    """Serve a simulated Propexo API.

    Behind it is the portfolio of the sample connection, in memory.
    """


@pms.command()
@click.option(
    "--api-port",
    type=click.IntRange(min=0, max=65_535),
    default=8788,
    show_default=True,
    metavar="PORT",
    help="Listen there, on 127.0.0.1; 0 takes any that is free.",
)
@setting_options(())
@json_option
@click.pass_obj
def serve(session: Session, /, *, api_port: int, as_json: bool) -> None:
    """Serve the sample portfolio through the API that Propexo documents.

    25 properties, 1,200 units and 980 leases, the same every time. The bearer token is
    PROPEXO_API_KEY where that is set, else a new one. Ends on SIGINT, SIGTERM and SIGHUP.
    """
    key = session.load().api_key
    server = SimulatedPms(token=key, port=api_port)
    # A key that was set may be that of the real API: it is not repeated.
    told = None if key else server.token
    try:
        with signals_given_back(lambda: True):
            asyncio.run(_serve(session.console, server, told, as_json=as_json))
    except PortTakenError as error:
        raise CommandError(str(error), Exit.IN_USE) from None


async def _serve(
    console: Console, server: SimulatedPms, token: str | None, *, as_json: bool
) -> None:
    stop = asyncio.Event()
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    url = await server.start()
    if as_json:
        console.json_line({"type": "ready", "url": url, "token": token})
    else:
        console.line(f"PROPEXO_API_URL={url}")
        if token:
            console.line(f"PROPEXO_API_KEY={token}")
        else:
            console.say("The bearer token is your PROPEXO_API_KEY.")
    console.flush()
    await stop.wait()
    await server.stop()
    console.say(f"Answered {server.requests:,} requests.")
