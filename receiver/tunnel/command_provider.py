"""The tunnel by any program that prints a public address, such as cloudflared or `ssh -R`."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from receiver.tunnel import problems
from receiver.tunnel.agent_report import program_environment
from receiver.tunnel.child import Child, Event, EventKind
from receiver.tunnel.journal import Journal
from receiver.tunnel.presets import Preset, Program, find_address, program
from receiver.tunnel.redaction import Redactor, one_line
from receiver.tunnel.status import Problem, ProviderName, TunnelState

if TYPE_CHECKING:
    from receiver.tunnel.session import Session

JOURNAL = "tunnel-command.log"
_KEPT_LINES = 3


def run_command(session: Session) -> Problem:
    """Starts the program and follows it until it ends by itself; returns why there is no tunnel.

    Raises:
        Interrupted: a stop or a restart was asked for. Nothing is left running.
    """
    session.report(TunnelState.PREPARING, ProviderName.COMMAND)
    template = session.settings.command
    if not template or not template.strip():
        return problems.own("command_missing")
    try:
        chosen = program(template, session.port)
    except ValueError:
        return problems.own("bad_command")
    session.report(TunnelState.STARTING, ProviderName.COMMAND)
    follower = _Follower(session, chosen.preset)
    request = {"task": "command", "argv": list(chosen.argv)}
    environ = program_environment(session.environ)
    with session.child(ProviderName.COMMAND, request, environ, follower.journal.write) as child:
        return follower.follow(child, chosen)


class _Follower:
    """Reads what one run of the program prints."""

    def __init__(self, session: Session, preset: Preset) -> None:
        # A token that the user gives ngrok may be known to this program too.
        self._redact = Redactor(
            [session.settings.auth_token, session.environ.get("NGROK_AUTHTOKEN")]
        )
        self.journal = Journal(session.settings.state_dir / JOURNAL, self._redact)
        self._session = session
        self._preset = preset
        self._last: deque[str] = deque(maxlen=_KEPT_LINES)

    def follow(self, child: Child, chosen: Program) -> Problem:
        deadline = time.monotonic() + self._session.pace.start
        while event := self._session.hear(child, deadline):
            if event.kind is EventKind.LINE:
                address = find_address(self._read(event), self._preset)
                if address is not None:
                    return self._watch(child, address)
            elif event.kind is not EventKind.PROCESS:
                return self._failure(event, chosen)
        return problems.own("command_silent", self._said())

    def _watch(self, child: Child, address: str) -> Problem:
        self._tell(address, TunnelState.ONLINE)
        while True:
            event = self._session.hear(child, time.monotonic() + 3600.0)
            if event is None:
                continue
            if event.kind is EventKind.LINE:
                self._judge(self._read(event), address)
            else:
                return problems.own("command_ended", self._ending(event))

    def _judge(self, line: str, address: str) -> None:
        if self._preset.lost.search(line):
            self._tell(address, TunnelState.RECONNECTING, problems.own("command_lost", line))
        elif self._preset.back.search(line):
            self._tell(address, TunnelState.ONLINE)

    def _tell(self, address: str, state: TunnelState, problem: Problem | None = None) -> None:
        self._session.report(state, ProviderName.COMMAND, public_url=address, problem=problem)

    def _read(self, event: Event) -> str:
        line = self._redact(event["text"])
        self.journal.write(line)
        if line.strip():
            self._last.append(one_line(line, 160))
        return line

    def _failure(self, event: Event, chosen: Program) -> Problem:
        if event.kind is EventKind.ERROR:
            return problems.own("command_not_found", f"{chosen.argv[0]}: {event['text']}")
        said = self._said()
        if problems.is_network(said):
            return problems.own("command_offline", said)
        return problems.own("command_failed", self._ending(event))

    def _ending(self, event: Event) -> str:
        code = f"exit code {event['code'] or 0}"
        said = self._said()
        return f"{code}: {said}" if said else code

    def _said(self) -> str:
        return " / ".join(self._last)
