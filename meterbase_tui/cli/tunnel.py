"""`tunnel`: everything about the public address that the screen does too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.lazy import LazyGroup, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOOKING = "meterbase_tui.cli.tunnel_looking"
_ACTING = "meterbase_tui.cli.tunnel_acting"
_SECTIONS: Mapping[str, Mapping[str, Place]] = {
    "Look": {
        "status": Place(_LOOKING, "status", "Show how the tunnel of the running receiver is."),
        "url": Place(_LOOKING, "url", "Print the address for Propexo, and the steps beside it."),
        "test": Place(_LOOKING, "test", "Send a signed test.ping through the public address."),
    },
    "Act": {
        "recover": Place(_ACTING, "recover", "Bring in what the agent saw and the log lacks."),
        "restart": Place(_ACTING, "restart", "Start the tunnel of the running receiver anew."),
        "install": Place(_ACTING, "install", "Download ngrok's agent, after asking."),
    },
}


@click.group(cls=LazyGroup, sections=_SECTIONS)
def tunnel() -> None:
    """Show and test the public address, and recover what did not get through it."""
