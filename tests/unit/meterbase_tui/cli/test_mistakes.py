"""What a mistyped command is told: one sentence on one line, in words that are not a library's."""

from __future__ import annotations

import pytest

from meterbase_tui.cli import main
from meterbase_tui.cli.exits import Exit


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("show", "Missing argument '{delivery|event|unit}'. Choose from: delivery, event, unit."),
        ("tunnel", "tunnel: Name one of its commands: "),
        ("pms", "pms: Name one of its commands: serve."),
        ("curl abc", "'abc' is not a whole number."),
        ("deliveries --limit many", "'many' is not a whole number."),
        ("simulate lease_life --speed fast", "'fast' is not a number."),
        ("simulate lease_life --speed nan", "'nan' is not a number."),
        ("send test_ping --rate nan", "'nan' is not a number."),
        ("send test_ping --rate 0", "0.0 is not in the range 0<x<=1000000."),
        ("rubs prop_001 --bill much", "must be an amount such as 1234.50."),
        ("status extra", "Got unexpected extra argument (extra)."),
    ],
)
def test_one_line_says_what_is_wrong_and_where_to_look(
    typed: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed.split()) == Exit.USAGE
    said = capsys.readouterr().err
    assert told in said
    assert (said.count("\n"), "\\x" in said) == (1, False)
    assert said.endswith(f"Try 'meterbase-tui {typed.split(maxsplit=1)[0]} --help'.\n")
