"""Are the program's parts recent enough, and can the terminal show what there is to see?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, passed, skipped, warning
from receiver.checks.wording import listed

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts, TerminalFacts

_OLDEST_SQLITE = (3, 37)
_LEAST_COLUMNS, _LEAST_LINES = 80, 24


def check_versions(facts: Facts) -> Check:
    """The versions of everything that matters, for a report and for what is too old."""
    versions = facts.versions
    if versions is None:
        return conclude(CheckName.VERSIONS, [], skipped("No versions were looked at."))
    named = listed([f"{name} {version}" for name, version in versions.programs])
    old = None
    if versions.sqlite < _OLDEST_SQLITE:
        old = warning(
            f"SQLite {'.'.join(map(str, versions.sqlite))} is older than 3.37, with which this "
            "program is not tested.",
            "Use a newer Python, which brings a newer SQLite.",
        )
    return conclude(CheckName.VERSIONS, [old], passed(f"{named}."))


def check_terminal(facts: Facts) -> Check:
    """What the terminal can do, as far as its variables tell."""
    terminal = facts.terminal
    if terminal is None:
        return conclude(CheckName.TERMINAL, [], skipped("Standard output is no terminal."))
    findings = (_encoding(terminal), _size(terminal), _colours(terminal))
    return conclude(CheckName.TERMINAL, findings, _well(terminal))


def _encoding(terminal: TerminalFacts) -> Finding | None:
    if terminal.unicode:
        return None
    return warning(
        f"The terminal's encoding is {terminal.encoding}: lines and signs may not be shown.",
        "Set LANG to a locale that ends in .UTF-8, such as C.UTF-8.",
    )


def _size(terminal: TerminalFacts) -> Finding | None:
    if terminal.columns >= _LEAST_COLUMNS and terminal.lines >= _LEAST_LINES:
        return None
    return warning(
        f"The terminal has {terminal.columns}×{terminal.lines} cells; the screen is made for "
        f"{_LEAST_COLUMNS}×{_LEAST_LINES} and more.",
        "Enlarge the window, or use a smaller font.",
    )


def _colours(terminal: TerminalFacts) -> Finding | None:
    if terminal.term not in ("", "dumb"):
        return None
    return warning(
        f"TERM is {terminal.term!r}, so nothing can be drawn.",
        "Set TERM to what the terminal is, such as xterm-256color; `listen` needs none.",
    )


def _well(terminal: TerminalFacts) -> Finding:
    colours = "16 million colours" if terminal.true_colour else "256 colours or fewer"
    if terminal.no_colour:
        colours = "no colours, since NO_COLOR is set"
    words = f"{terminal.term}, {terminal.columns}×{terminal.lines}, {colours}."
    if terminal.multiplexer:
        return passed(
            words,
            f"To copy through {terminal.multiplexer}: tmux needs `set -g set-clipboard on`; screen "
            "passes no clipboard on.",
        )
    return passed(words)
