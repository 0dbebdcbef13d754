"""Where ngrok's agent is on this machine. Looks only; nothing is ever downloaded here."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = "ngrok.exe" if os.name == "nt" else "ngrok"
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class FoundAgent:
    """An agent, and the setting or place that led to it."""

    path: Path
    found_by: str


def find_agent(chosen: Path | None, environ: Mapping[str, str]) -> FoundAgent | None:
    """The agent to use: the setting, `PYNGROK_NGROK_PATH`, PATH, pyngrok's place; or None.

    A path that the user chose is used whether or not there is something, so that a mistake in it
    shows. The script called `ngrok` that comes with pyngrok is skipped on PATH: it would download
    an agent without asking.
    """
    if chosen is not None:
        return FoundAgent(chosen.expanduser(), "METERBASE_NGROK_PATH")
    return next(_present(environ), None)


def default_path(environ: Mapping[str, str]) -> Path:
    """Where pyngrok looks for the agent and installs it, as it computes the place itself."""
    return config_directory(environ) / _NAME


def config_directory(environ: Mapping[str, str]) -> Path:
    """Where ngrok keeps its configuration on this platform."""
    home = home_directory(environ)
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "ngrok"
    if sys.platform == "win32":
        return home / "AppData" / "Local" / "ngrok"
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "ngrok"


def home_directory(environ: Mapping[str, str]) -> Path:
    """The user's home, by the given environment if it says."""
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def is_wrapper(path: Path) -> bool:
    """Whether a file is pyngrok's own script of the name `ngrok` instead of an agent."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    return head.startswith(b"#!") and b"from pyngrok" in head


def _present(environ: Mapping[str, str]) -> Iterator[FoundAgent]:
    named = environ.get("PYNGROK_NGROK_PATH")
    if named and _is_program(Path(named)):
        yield FoundAgent(Path(named), "PYNGROK_NGROK_PATH")
    for directory in environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(directory) / _NAME
        # A relative entry would run whatever lies in the working directory.
        if path.is_absolute() and _is_program(path) and not is_wrapper(path):
            yield FoundAgent(path, "PATH")
    if _is_program(default_path(environ)):
        yield FoundAgent(default_path(environ), "pyngrok's directory")


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
