"""The versions of the program's parts, and what the terminal says of itself."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from typing import TYPE_CHECKING

from meterbase_tui.version import PROGRAM, program_version
from receiver.checks.facts import TerminalFacts, VersionFacts
from store.structure.schema import sqlite_version

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGES = ("textual", "aiohttp", "SQLAlchemy", "pyngrok")


def read_versions() -> VersionFacts:
    """Those of this process."""
    packages = [(name, importlib.metadata.version(name)) for name in _PACKAGES]
    return VersionFacts(
        programs=(
            (PROGRAM, program_version()),
            ("Python", platform.python_version()),
            ("SQLite", ".".join(map(str, sqlite_version()))),
            *packages,
        ),
        sqlite=sqlite_version(),
    )


def read_terminal(environ: Mapping[str, str]) -> TerminalFacts | None:
    """The terminal of standard output; None where it goes somewhere else."""
    stream = sys.__stdout__
    if stream is None or not stream.isatty():
        return None
    size = shutil.get_terminal_size()
    encoding = stream.encoding or "unknown"
    return TerminalFacts(
        term=environ.get("TERM", ""),
        columns=size.columns,
        lines=size.lines,
        encoding=encoding,
        true_colour=environ.get("COLORTERM", "") in ("truecolor", "24bit"),
        no_colour=bool(environ.get("NO_COLOR")),
        multiplexer=_multiplexer(environ),
    )


def _multiplexer(environ: Mapping[str, str]) -> str | None:
    if environ.get("TMUX"):
        return "tmux"
    return "screen" if environ.get("STY") else None
