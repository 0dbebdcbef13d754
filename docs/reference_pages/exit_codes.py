"""The page of exit codes, from `meterbase_tui/cli/exits.py`."""

from __future__ import annotations

from meterbase_tui.cli.exits import Exit
from reference_pages.markdown import table

_WORDS = {
    Exit.DONE: (
        "Done.",
        "The screen, `listen`, `logs --follow` and `pms serve` end so on a signal.",
    ),
    Exit.UNEXPECTED: (
        "Something unexpected: a full disk, a locked store, or a mistake of ours.",
        "Please report the sentence; `doctor` says more about the store.",
    ),
    Exit.USAGE: (
        "A command, an option or a setting that is not allowed, or a store that cannot be used.",
        "The sentence says which, and what would be right.",
    ),
    Exit.PROBLEM: (
        "A check ran and found a problem, or what was sent was refused.",
        "`doctor`, `verify`, `send`, `replay`, `simulate`, `compare`, `tunnel test`.",
    ),
    Exit.NOT_FOUND: (
        "There is no such thing.",
        "A delivery, a sample, a scenario, or no store yet: start the receiver once.",
    ),
    Exit.UNREACHABLE: (
        "Nobody answered.",
        "Start the receiver, or name the right address with `--url`.",
    ),
    Exit.IN_USE: (
        "The store is in use by another receiver, or the port is by another program.",
        "Stop it, or choose another with `--db` or `--port`; `view` watches the store.",
    ),
    Exit.HUNG_UP: ("Stopped since its terminal has gone (SIGHUP).", "As shells count it."),
    Exit.INTERRUPTED: ("Stopped by Ctrl-C (SIGINT).", "As shells count it."),
    Exit.TERMINATED: ("Stopped by `kill` (SIGTERM).", "As shells count it."),
}


def page() -> str:
    """The page `exit-codes.md`."""
    rows = ((f"`{code.value}`", *_WORDS[code]) for code in Exit)
    return (
        "# Exit codes\n\nThey are the same for every command, so that a script can rely on them. "
        "What went wrong is said on\nstandard error in a sentence or two, with what to do next; "
        "never as a traceback.\n\n"
        + table(("Code", "Means", "Where, or what to do"), rows)
        + "This page is made from `meterbase_tui/cli/exits.py` by `docs/make_reference.py`.\n"
    )
