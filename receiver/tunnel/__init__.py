"""A public address for the receiver: by ngrok, by any other program, or one that is there already.

The receiver never depends on it. `open_tunnel` is the door; importing this package starts
nothing, reads nothing and does not import pyngrok.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from receiver.arrival.route import WEBHOOK_PATH
from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from receiver.tunnel.advice import DOWNLOAD_SIZE
    from receiver.tunnel.agent_report import AgentReport, report_agent
    from receiver.tunnel.agent_version import AgentVersion, ask_version
    from receiver.tunnel.installation import InstalledAgent, install_agent, install_target
    from receiver.tunnel.leftovers import end_leftovers
    from receiver.tunnel.status import (
        Pace,
        Problem,
        ProviderName,
        TunnelSettings,
        TunnelState,
        TunnelStatus,
        webhook_url,
    )
    from receiver.tunnel.tunnel import Tunnel, open_tunnel
else:
    __getattr__ = find_names(
        __name__,
        {
            "advice": ("DOWNLOAD_SIZE",),
            "agent_report": ("AgentReport", "report_agent"),
            "agent_version": ("AgentVersion", "ask_version"),
            "installation": ("InstalledAgent", "install_agent", "install_target"),
            "leftovers": ("end_leftovers",),
            "status": (
                "Pace",
                "Problem",
                "ProviderName",
                "TunnelSettings",
                "TunnelState",
                "TunnelStatus",
                "webhook_url",
            ),
            "tunnel": ("Tunnel", "open_tunnel"),
        },
    )

__all__ = [
    "DOWNLOAD_SIZE",
    "WEBHOOK_PATH",
    "AgentReport",
    "AgentVersion",
    "InstalledAgent",
    "Pace",
    "Problem",
    "ProviderName",
    "Tunnel",
    "TunnelSettings",
    "TunnelState",
    "TunnelStatus",
    "ask_version",
    "end_leftovers",
    "install_agent",
    "install_target",
    "open_tunnel",
    "report_agent",
    "webhook_url",
]

# Without a handler, warnings would be printed onto the screen that somebody is drawing on.
logging.getLogger(__name__).addHandler(logging.NullHandler())
