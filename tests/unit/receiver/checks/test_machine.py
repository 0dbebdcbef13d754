from __future__ import annotations

from dataclasses import replace

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.facts import TerminalFacts, VersionFacts
from tests.unit.receiver.checks.given import FACTS, expect, verdict

TERMINAL = TerminalFacts(
    term="xterm-256color", columns=120, lines=40, encoding="utf-8", true_colour=True
)


def test_versions_are_told() -> None:
    versions = VersionFacts(
        programs=(("meterbase-tui", "1.2"), ("SQLite", "3.40.1")), sqlite=(3, 40)
    )
    found = verdict(CheckName.VERSIONS, replace(FACTS, versions=versions))
    expect(found, CheckStatus.PASS, "meterbase-tui 1.2", "SQLite 3.40.1")
    expect(verdict(CheckName.VERSIONS, FACTS), CheckStatus.SKIP)


def test_an_old_sqlite() -> None:
    versions = VersionFacts(programs=(("SQLite", "3.31.0"),), sqlite=(3, 31, 0))
    found = verdict(CheckName.VERSIONS, replace(FACTS, versions=versions))
    expect(found, CheckStatus.WARN, "3.31.0", fix="newer Python")


@pytest.mark.parametrize(
    ("terminal", "status", "words", "fix"),
    [
        (TERMINAL, CheckStatus.PASS, "120×40, 16 million colours", ""),
        (replace(TERMINAL, true_colour=False), CheckStatus.PASS, "256 colours or fewer", ""),
        (replace(TERMINAL, no_colour=True), CheckStatus.PASS, "NO_COLOR", ""),
        (replace(TERMINAL, multiplexer="tmux"), CheckStatus.PASS, "120×40", "set-clipboard"),
        (replace(TERMINAL, columns=79), CheckStatus.WARN, "79×40", "Enlarge"),
        (replace(TERMINAL, lines=23), CheckStatus.WARN, "120×23", "Enlarge"),
        (replace(TERMINAL, encoding="ascii"), CheckStatus.WARN, "ascii", "LANG"),
        (replace(TERMINAL, term="dumb"), CheckStatus.WARN, "dumb", "Set TERM"),
    ],
)
def test_terminals(terminal: TerminalFacts, status: CheckStatus, words: str, fix: str) -> None:
    facts = replace(FACTS, terminal=terminal)
    expect(verdict(CheckName.TERMINAL, facts), status, words, fix=fix)


def test_no_terminal() -> None:
    expect(verdict(CheckName.TERMINAL, FACTS), CheckStatus.SKIP)
