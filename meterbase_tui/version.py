"""The program's name and version, as it is installed."""

from __future__ import annotations

PROGRAM = "meterbase-tui"
COMPLETION_VARIABLE = "_METERBASE_TUI_COMPLETE"
"""The variable by which shells ask for completions; the name is click's rule."""


def program_version() -> str:
    """The installed version; `unknown` when the sources run without being installed."""
    # Here, since it takes 10 ms and few runs ask for it.
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:
        return "unknown"


def user_agent() -> str:
    """How the program introduces itself when it sends requests."""
    return f"{PROGRAM}/{program_version()}"


def name_window(profile: str | None) -> str:
    """The title of the program's window: which of several environments it is comes with it."""
    return f"{PROGRAM} · {profile}" if profile else PROGRAM
