"""Who is measured: ours, the ceiling, and what a user would pick instead."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import peer_tools
from benchmarks.figures import OURS, RAW
from receiver.arrival.route import WEBHOOK_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "the secret of the benchmarks"
_PEERS = Path(__file__).parent / "peers"


def _never() -> None:
    """Of a contender that is always there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One server, and how it is run in a folder of its own."""

    name: str
    does: str
    """What an answer of its stands for, in a few words."""
    command: Callable[[int, Path], list[str]]
    """Its arguments, given a port and its folder."""
    path: str = WEBHOOK_PATH
    missing: Callable[[], str | None] = _never
    """Why it cannot run here, as a phrase."""
    durable: bool = False
    """Whether a delivery is on disk before it is answered."""

    def environment(self, folder: Path) -> dict[str, str]:
        """What it finds in its environment."""
        # What is installed is compiled; a checkout is too, unless a machine forbids it.
        kept = {
            name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        return kept | {
            "PROPEXO_WEBHOOK_SECRET": SECRET,
            "BENCHMARK_FOLDER": str(folder),
            "NODE_PATH": str(peer_tools.NODE_MODULES),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
            "XDG_STATE_HOME": str(folder),
        }


def store_of(folder: Path) -> Path:
    """Where ours keeps its store."""
    return folder / "store.db"


def ours(port: int, folder: Path) -> list[str]:
    """`meterbase-tui listen` as a user runs it."""
    return [*program("listen"), "--port", str(port), "--db", str(store_of(folder))]


def program(*arguments: str) -> list[str]:
    """The command of ours, without a tunnel."""
    return [sys.executable, "-m", "meterbase_tui", *arguments, "--no-tunnel"]


def _raw(port: int, _: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.peers.raw_aiohttp", str(port)]


def _fastapi(port: int, _: Path) -> list[str]:
    options = [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
    ]
    quiet = ["--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", *options, *quiet, "benchmarks.peers.fastapi_store:app"]


def _flask(port: int, _: Path) -> list[str]:
    options = ["--bind", f"127.0.0.1:{port}", "--threads", "8", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", *options, "benchmarks.peers.flask_store:app"]


def _node(port: int, _: Path) -> list[str]:
    return ["node", str(_PEERS / "receiver.js"), str(port)]


def _node_store(port: int, folder: Path) -> list[str]:
    return [*_node(port, folder), str(folder / "peer.db")]


def _mitmdump(port: int, folder: Path) -> list[str]:
    # The upstream is never asked: the script answers.
    mode = ["--mode", f"reverse:http://127.0.0.1:{port}@{port}", "--listen-host", "127.0.0.1"]
    quiet = ["--quiet", "--set", "connection_strategy=lazy", "--set", f"confdir={folder}"]
    script = ["-s", str(_PEERS / "mitm_answer.py"), "-w", str(folder / "flows")]
    return [peer_tools.find_mitmdump() or "mitmdump", *mode, *quiet, *script]


def _webhook(command: str) -> Callable[[int, Path], list[str]]:
    def arguments(port: int, folder: Path) -> list[str]:
        rule = {
            "type": "payload-hmac-sha256",
            "secret": SECRET,
            "parameter": {"source": "header", "name": "X-Propexo-Signature"},
        }
        hook = {
            "id": "propexo",
            "execute-command": command,
            "trigger-rule": {"match": rule},
            "trigger-rule-mismatch-http-response-code": 401,
        }
        hooks = folder / "hooks.json"
        hooks.write_text(json.dumps([hook]), encoding="utf-8")
        return ["webhook", "-hooks", str(hooks), "-ip", "127.0.0.1", "-port", str(port)]

    return arguments


def _webhook_missing() -> str | None:
    return peer_tools.missing_program("webhook", "of Debian: `apt-get install webhook`")


_STORES = "verified, on disk"
CONTENDERS = (
    Contender(name=RAW, does="nothing: the ceiling", command=_raw),
    Contender(
        name=OURS, does="verified, logged, deduplicated, on disk", command=ours, durable=True
    ),
    Contender(
        name="Node + better-sqlite3",
        does=_STORES,
        command=_node_store,
        missing=peer_tools.missing_better_sqlite3,
        durable=True,
    ),
    Contender(
        name="FastAPI + SQLAlchemy",
        does=_STORES,
        command=_fastapi,
        missing=lambda: peer_tools.missing_module("fastapi", "uvicorn", "uvloop", "httptools"),
        durable=True,
    ),
    Contender(
        name="Flask + SQLAlchemy",
        does=_STORES,
        command=_flask,
        missing=lambda: peer_tools.missing_module("flask", "gunicorn"),
        durable=True,
    ),
    Contender(
        name="mitmdump -w",
        does="written to a file, not flushed",
        command=_mitmdump,
        missing=peer_tools.missing_mitmdump,
    ),
    Contender(
        name="webhook running `true`",
        does="verified, a process each",
        command=_webhook("true"),
        path="/hooks/propexo",
        missing=_webhook_missing,
    ),
    Contender(
        name="webhook, no command",
        does="verified, nothing stored",
        command=_webhook(""),
        path="/hooks/propexo",
        missing=_webhook_missing,
    ),
    Contender(
        name="Node, nothing stored",
        does="verified, nothing stored",
        command=_node,
        missing=lambda: peer_tools.missing_program("node", "install Node.js"),
    ),
)
_BY_NAME = {each.name: each for each in CONTENDERS}


def contender(name: str) -> Contender:
    """The contender with a name that is ours to know."""
    return _BY_NAME[name]
