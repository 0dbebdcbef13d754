"""The thread of one tunnel: runs the provider, and again when what stopped it may have passed."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from receiver.tunnel import problems
from receiver.tunnel.given import run_none, run_url
from receiver.tunnel.session import Assignment, Interrupted, Session
from receiver.tunnel.status import ProviderName, TunnelState, TunnelStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from receiver.tunnel.status import Problem, TunnelSettings

_LOG = logging.getLogger(__name__)
_BEGINNING = frozenset({TunnelState.PREPARING, TunnelState.STARTING})
# What `stop` leaves itself to end a program by force.
_RESERVE = 0.2


def provide(session: Session) -> Problem:
    """Holds the tunnel that the settings ask for, until it ends by itself.

    Raises:
        Interrupted: a stop or a restart was asked for.
    """
    chosen = session.settings.provider
    if chosen is ProviderName.URL:
        return run_url(session)
    if chosen is ProviderName.NONE:
        return run_none(session)
    # What runs a program is imported for those who run it.
    if chosen is ProviderName.COMMAND:
        from receiver.tunnel.command_provider import run_command  # noqa: PLC0415

        return run_command(session)
    if chosen is ProviderName.AUTO:
        from receiver.tunnel.agent_report import report_agent  # noqa: PLC0415

        why_off = report_agent(session.settings, session.environ).why_off
        if why_off is not None:
            return run_none(session, why_off + _hint(session.settings))
    from receiver.tunnel.ngrok_provider import run_ngrok  # noqa: PLC0415

    return run_ngrok(session)


def _hint(settings: TunnelSettings) -> str:
    """For somebody who gave another tunnel's setting and forgot to choose that tunnel."""
    if settings.public_url:
        return " An address is set: --tunnel url uses it."
    if settings.command:
        return " A command is set: --tunnel command uses it."
    return ""


class Supervisor:
    """One run of a tunnel, from its start to its stop. Starts at once, on a thread of its own."""

    def __init__(
        self, assignment: Assignment, publish: Callable[[Supervisor, TunnelStatus], None]
    ) -> None:
        self._assignment = assignment
        self._publish = publish
        self._stopping = threading.Event()
        self._provider = assignment.settings.provider
        self._problem: Problem | None = None
        self._was_online = False
        self._online_from = 0.0
        self._tries = 0
        self._session = self._new_session()
        self._thread = threading.Thread(target=self._live, daemon=True, name="tunnel")
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Ends it within `timeout` seconds; what does not end by then is ended by force."""
        deadline = time.monotonic() + timeout
        self._stopping.set()
        self._session.interrupt()
        if threading.current_thread() is self._thread:
            # A listener stops the tunnel that is just telling it something.
            return
        self._thread.join(max(0.0, timeout - _RESERVE))
        if self._thread.is_alive():
            self._session.kill()
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def restart(self) -> None:
        """Begins anew; returns at once."""
        self._session.interrupt()

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                self._settle(provide(self._session))
            except Interrupted:
                self._forget()
            except Exception:  # noqa: BLE001 - logged, and shown as a failed tunnel
                _LOG.exception("The tunnel failed.")
                self._fail(problems.own("internal"))
            # Made before `_stopping` is looked at: a `stop` that comes in between interrupts the
            # new session, not one that is over.
            self._session = self._new_session()
        self._tell(TunnelState.OFF, self._assignment.settings.provider)

    def _settle(self, problem: Problem) -> None:
        """After the end of an attempt: waits and tries again, or waits for a person."""
        if not problems.passes(problem, was_online=self._was_online):
            self._fail(problem)
            return
        self._problem = problem
        state = TunnelState.RECONNECTING if self._was_online else TunnelState.FAILED
        self._tell(state, self._provider, problem=problem)
        self._session.pause(self._next_pause())

    def _fail(self, problem: Problem) -> None:
        self._tell(TunnelState.FAILED, self._provider, problem=problem)
        try:
            self._session.rest()
        except Interrupted:
            self._forget()

    def _forget(self) -> None:
        self._was_online = False
        self._problem = None
        self._tries = 0

    def _next_pause(self) -> float:
        if (
            self._online_from
            and time.monotonic() - self._online_from >= self._assignment.pace.steady
        ):
            self._tries = 0
        self._online_from = 0.0
        retries = self._assignment.pace.retries
        pause = retries[min(self._tries, len(retries) - 1)]
        self._tries += 1
        return pause

    def _new_session(self) -> Session:
        return Session(self._assignment, self._tell)

    def _tell(
        self,
        state: TunnelState,
        provider: ProviderName,
        *,
        public_url: str | None = None,
        problem: Problem | None = None,
        why_off: str | None = None,
        inspector_url: str | None = None,
    ) -> None:
        self._provider = provider
        if state is TunnelState.ONLINE:
            self._was_online = True
            self._online_from = self._online_from or time.monotonic()
        elif state in _BEGINNING and self._was_online:
            # Trying again begins with PREPARING. A person sees one break until it is over.
            state, problem = TunnelState.RECONNECTING, self._problem
        now = self._assignment.clock()
        status = TunnelStatus(state, public_url, problem, provider, now, why_off, inspector_url)
        self._publish(self, status)
