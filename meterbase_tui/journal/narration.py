"""What the log says of a run while all is well: its start and end, the tunnel, and the targets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from meterbase_tui.version import program_version
from receiver.forwarding.health import TargetState
from receiver.tunnel.status import TunnelState

if TYPE_CHECKING:
    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel.status import TunnelStatus

_log = logging.getLogger("meterbase_tui.runtime")
"""It speaks of the runtime, wherever its words are chosen."""
_BAD_TARGETS = frozenset({TargetState.DOWN, TargetState.FAILING})


def tell_start(settings: Settings, url: str) -> None:
    """The receiver listens."""
    fields = {"version": program_version(), "url": url, "store": str(settings.db)}
    _log.info("The receiver has started", extra=fields)


def tell_end() -> None:
    """Whatever was opened is closed."""
    _log.info("The receiver and its store are closed")


def tell_tunnel(status: TunnelStatus) -> None:
    """The tunnel is in another state."""
    fields = {"provider": str(status.provider), "public_url": status.public_url}
    if status.problem is not None:
        fields |= {"code": str(status.problem.code), "problem": status.problem.sentence}
    level = logging.WARNING if status.problem is not None else logging.INFO
    if status.state is not TunnelState.OFF or status.problem is not None:
        _log.log(level, "The tunnel is %s", status.state, extra=fields)


def tell_target(health: TargetHealth) -> None:
    """A forward target is in another state."""
    fields = {"target": health.url, "status": health.status, "problem": health.problem}
    level = logging.WARNING if health.state in _BAD_TARGETS else logging.INFO
    _log.log(level, "The forward target is %s", health.state, extra=fields)
