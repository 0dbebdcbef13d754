"""Downloading ngrok's agent: only ever when a person has asked for exactly that."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from receiver.tunnel import problems
from receiver.tunnel.agent_report import program_environment
from receiver.tunnel.agent_search import default_path
from receiver.tunnel.agent_version import AgentVersion, read_version
from receiver.tunnel.child import Child, EventKind
from receiver.tunnel.session import Assignment, Session, no_report
from receiver.tunnel.status import Problem, ProviderName, TunnelSettings

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

_SILENCE = 15.0
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class InstalledAgent:
    """An agent that was downloaded and has answered."""

    path: Path
    version: AgentVersion


def install_target(settings: TunnelSettings, environ: Mapping[str, str] | None = None) -> Path:
    """Where `install_agent` puts the agent, for the question that comes before it."""
    environ = os.environ if environ is None else environ
    named = environ.get("PYNGROK_NGROK_PATH")
    return (settings.ngrok_path or (Path(named) if named else default_path(environ))).expanduser()


def install_agent(
    settings: TunnelSettings,
    environ: Mapping[str, str] | None = None,
    *,
    timeout: float = 300.0,
    cancelled: threading.Event | None = None,
) -> InstalledAgent | Problem:
    """Has pyngrok download ngrok's agent over HTTPS. Blocks: call it from a worker thread.

    Nothing is installed halfway: the agent is unpacked beside `install_target`, has to say its
    version, and only then takes its place. ngrok publishes no checksum to compare.

    Args:
        settings: Where to put it, and the private directory.
        environ: The environment; by default that of this process.
        timeout: Seconds that it may take.
        cancelled: Set it to give up, within a second or two.
    """
    environ = program_environment(os.environ if environ is None else environ)
    target = install_target(settings, environ)
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=target.parent) as folder:
            # pyngrok's place for the archive is predictable, and so unsafe in a shared directory.
            download = _Download(settings, {**environ, "TMPDIR": folder}, timeout, cancelled)
            return download.run(Path(folder) / "agent" / target.name, target)
    except OSError as error:
        return problems.own("download_failed", f"{target}: {error.strerror or error}")


class _Download:
    def __init__(
        self,
        settings: TunnelSettings,
        environ: Mapping[str, str],
        timeout: float,
        cancelled: threading.Event | None,
    ) -> None:
        self._environ = environ
        self._deadline = time.monotonic() + timeout
        self._cancelled = cancelled
        self._session = Session(Assignment(settings, 0, environ), no_report)

    def run(self, draft: Path, target: Path) -> InstalledAgent | Problem:
        request = {"task": "install", "agent": str(draft), "request_timeout": _SILENCE}
        with self._session.child(
            ProviderName.NGROK, request, self._environ, lambda _: None
        ) as child:
            problem = self._wait(child)
        if problem is not None:
            return problem
        version = read_version(self._session, draft, self._environ)
        if isinstance(version, Problem):
            return version
        draft.replace(target)
        return InstalledAgent(target, version)

    def _wait(self, child: Child) -> Problem | None:
        while time.monotonic() < self._deadline:
            if self._cancelled is not None and self._cancelled.is_set():
                return problems.own("download_cancelled")
            event = self._session.hear(child, time.monotonic() + _LOOK)
            if event is None or event.kind is EventKind.PROCESS:
                continue
            if event.kind is EventKind.INSTALLED:
                return None
            return problems.own("download_failed", event["text"])
        return problems.own("download_failed", "it took too long")
