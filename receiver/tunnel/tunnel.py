"""A public address for the receiver, kept alive on a thread of its own."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from receiver.tunnel.session import Assignment, utc_now
from receiver.tunnel.status import Pace, TunnelSettings, TunnelState, TunnelStatus
from receiver.tunnel.supervision import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_LOG = logging.getLogger(__name__)


class Tunnel(Protocol):
    """What the rest of the program knows of a tunnel. Every member may be used from any thread."""

    @property
    def status(self) -> TunnelStatus:
        """The latest status."""

    def start(self) -> None:
        """Begins, and returns at once. Does nothing if it has begun."""

    def stop(self, timeout: float = 2.0) -> None:
        """Ends the tunnel and every process of it, in `timeout` seconds at most."""

    def restart(self) -> None:
        """Begins anew from whatever state, with the files read again; returns at once."""


def open_tunnel(
    settings: TunnelSettings,
    port: int,
    on_change: Callable[[TunnelStatus], None],
    *,
    pace: Pace | None = None,
    environ: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Tunnel:
    """Makes a tunnel to 127.0.0.1:`port`, off until `start` is called.

    Args:
        settings: What the user chose.
        port: Where the receiver listens on this machine.
        on_change: Called with every new status, from the tunnel's thread. What it raises is
            logged and changes nothing; while it blocks, the tunnel does not move, but `stop`
            keeps its deadline.
        pace: How long things may take.
        environ: The environment; by default that of this process.
        clock: Now, in UTC.
    """
    environ = dict(os.environ if environ is None else environ)
    assignment = Assignment(settings, port, environ, pace or Pace(), clock or utc_now)
    return _ThreadedTunnel(assignment, on_change)


class _ThreadedTunnel:
    def __init__(self, assignment: Assignment, on_change: Callable[[TunnelStatus], None]) -> None:
        self._assignment = assignment
        self._on_change = on_change
        self._status = self._off()
        self._changing = threading.Lock()
        self._current: Supervisor | None = None

    @property
    def status(self) -> TunnelStatus:
        return self._status

    def start(self) -> None:
        with self._changing:
            if self._current is None:
                self._begin()

    def stop(self, timeout: float = 2.0) -> None:
        with self._changing:
            current = self._current
        if current is None:
            return
        current.stop(timeout)
        with self._changing:
            if self._current is current:
                # Its listener may have held it up: then nobody else says that it is off.
                self._current = None
                self._status = self._off()

    def restart(self) -> None:
        with self._changing:
            if self._current is None:
                self._begin()
            else:
                self._current.restart()

    def _begin(self) -> None:
        self._current = Supervisor(self._assignment, self._publish)

    def _off(self) -> TunnelStatus:
        provider, now = self._assignment.settings.provider, self._assignment.clock()
        return TunnelStatus(TunnelState.OFF, None, None, provider, now)

    def _publish(self, sender: Supervisor, status: TunnelStatus) -> None:
        with self._changing:
            before = self._status
            if before.state is status.state:
                status = replace(status, since=before.since)
            if sender is not self._current or status == before:
                return
            self._status = status
        try:
            self._on_change(status)
        except Exception:  # noqa: BLE001 - logged; a listener must not end the tunnel
            _LOG.exception("A listener to the tunnel failed; the tunnel goes on.")
