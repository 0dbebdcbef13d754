"""Situations made for real, and the verdicts over them."""

from __future__ import annotations

import http.server
import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from meterbase_tui.checking import Surroundings, gather_facts, gather_probes
from meterbase_tui.settings import Settings
from receiver.checks import Check, CheckName, CheckStatus, run_checks
from tests.conftest import PATH, Bench
from tests.stand_ins.tls_front import TlsFront

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

UNIT: dict[str, Any] = {"id": "unit_1", "property_id": "prop_001", "unit_number": "305"}


def now_text(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


def ping_body(**more: Any) -> dict[str, Any]:
    return {"event": "test.ping", "timestamp": now_text(), "data": more}


def unit_body(
    connection: str = "conn_abc123", event: str = "data.new", timestamp: str = "", **data: Any
) -> dict[str, Any]:
    return {
        "event": event,
        "timestamp": timestamp or now_text(),
        "connection_id": connection,
        "resource_type": "unit",
        "data": UNIT | data,
    }


def require(status: CheckStatus, check: Check, *words: str, fix: str = "") -> Check:
    """Asserts a verdict, its evidence and its cure."""
    assert check.status is status, check
    for word in words:
        assert word in check.detail, check
    assert fix in (check.fix or ""), check
    return check


def judge(
    subject: Bench | Settings,
    name: CheckName,
    *,
    closely: bool = False,
    later: timedelta = timedelta(),
    env_file: Path | None = None,
    environ: dict[str, str] | None = None,
) -> Check:
    """One check over a receiver in this process, or over settings with which none runs in it.

    Args:
        subject: the receiver, or the settings.
        name: the check.
        closely: whether to send pings and so on.
        later: how much later it is.
        env_file: the `.env`.
        environ: the environment.
    """
    settings, runtime = (
        (subject, None) if isinstance(subject, Settings) else (subject.settings, subject.runtime)
    )
    around = Surroundings(
        env_file=env_file,
        environ=environ or {},
        clock=lambda: datetime.now(UTC) + later,
        ngrok_service=("127.0.0.1", 9),
    )
    facts = gather_facts(settings, runtime, surroundings=around)
    if closely:
        facts = replace(facts, probes=gather_probes(settings, facts, surroundings=around))
    return next(check for check in run_checks(facts) if check.name is name)


class _Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Stranger/1", ""
    status, body = 200, b"{}"
    headers_sent: ClassVar[dict[str, str]] = {}

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.status)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def _answering(status: int = 200, body: Any = None, **headers: str) -> Iterator[str]:
    """A server that gives one answer to everything; its address with the receiver's path."""
    values = {
        "status": status,
        "body": json.dumps({} if body is None else body).encode(),
        "headers_sent": {name.replace("_", "-"): value for name, value in headers.items()},
    }
    handler = type("Bound", (_Answering,), values)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{PATH}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def answering() -> Callable[..., AbstractContextManager[str]]:
    return _answering


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsFront]:
    try:
        front = TlsFront(tmp_path)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    yield front
    front.close()
