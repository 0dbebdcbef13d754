"""Where the peers' programs are, and how those are fetched that a user may not have.

Nothing is fetched unasked: `python -m benchmarks prepare` does. What it brings stays in a folder of
the user's cache and touches no environment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CACHE = user_cache_path("meterbase-tui") / "benchmarks"
NODE_MODULES = CACHE / "node_modules"
_MITMPROXY = CACHE / "mitmproxy"
PREPARE = "`python -m benchmarks prepare` fetches it"


def find_mitmdump() -> str | None:
    """mitmdump, of PATH or of our cache."""
    return shutil.which("mitmdump") or shutil.which("mitmdump", path=_MITMPROXY / "bin")


def missing_module(*names: str) -> str | None:
    """Why a Python peer cannot run, as a phrase; None when it can."""
    missing = [name for name in names if find_spec(name) is None]
    return f"{', '.join(missing)} not installed: `pip install -e '.[bench]'`" if missing else None


def missing_program(name: str, cure: str) -> str | None:
    """Why a program cannot run, as a phrase; None when it can."""
    return None if shutil.which(name) else f"`{name}` not found; {cure}"


def missing_mitmdump() -> str | None:
    """As `missing_program`."""
    return None if find_mitmdump() else f"`mitmdump` not found; {PREPARE}"


def missing_better_sqlite3() -> str | None:
    """As `missing_program`, for Node with its module."""
    if reason := missing_program("node", "install Node.js"):
        return reason
    found = (NODE_MODULES / "better-sqlite3").is_dir()
    return None if found else f"better-sqlite3 not installed; {PREPARE}"


def prepare() -> Iterator[str]:
    """Fetches what is missing, by npm and pip; says in a sentence what became of each."""
    CACHE.mkdir(parents=True, exist_ok=True)
    if missing_better_sqlite3():
        yield _run("better-sqlite3", ["npm", "install", "--prefix", CACHE, "better-sqlite3"])
    if missing_mitmdump():
        # In an environment of its own: it pins versions that clash with ours.
        _run("venv", [sys.executable, "-m", "venv", _MITMPROXY])
        pip = _MITMPROXY / "bin" / "pip"
        yield _run("mitmproxy", [pip, "install", "--quiet", "mitmproxy"])
    if missing_program("webhook", ""):
        yield "webhook: install it with your system's packages (`apt-get install webhook`)."


def _run(name: str, command: list[str | Path]) -> str:
    program = shutil.which(str(command[0]))
    if program is None:
        return f"{name}: not fetched, because `{command[0]}` is not installed."
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        return f"{name}: not fetched: {' '.join(last)}"
    return f"{name}: fetched into {CACHE}."
