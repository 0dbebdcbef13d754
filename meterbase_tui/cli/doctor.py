"""`doctor`: every troubleshooting check, with what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from meterbase_tui.checking import Surroundings, gather_facts, gather_probes
from meterbase_tui.cli.exits import Exit
from meterbase_tui.cli.options import EVERYTHING, json_option, setting_options
from meterbase_tui.cli.tables import wrap
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone
from receiver.checks import Check, CheckStatus, all_well, run_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meterbase_tui.cli.console import Console
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields

_SIGNS = {
    CheckStatus.FAIL: ("✗", Tone.ERROR),
    CheckStatus.WARN: ("!", Tone.WARNING),
    CheckStatus.PASS: ("✓", Tone.SUCCESS),
    CheckStatus.SKIP: ("·", Tone.MUTED),
}
_NAME_WIDTH = 20
_INDENT = " " * (_NAME_WIDTH + 3)
_MOST_WORDS = 2_000


@click.command()
@setting_options(EVERYTHING)
@json_option
@click.pass_obj
def doctor(session: Session, /, *, as_json: bool) -> int:
    """Check everything and say what to do.

    Looks at settings, store, receiver, tunnel and log, also of a receiver that runs in another
    process, and sends it a signed test.ping, which its log shows as a sample. Exit code 3 if a
    check fails; what only warns is no failure.
    """
    settings = session.load()
    around = Surroundings(env_file=settings.env_file)
    facts = gather_facts(settings, surroundings=around)
    probes = gather_probes(settings, facts, surroundings=around)
    checks = run_checks(replace(facts, probes=probes))
    if as_json:
        session.console.json_document(doctor_fields(checks))
    else:
        _print(session.console, checks)
    return Exit.DONE if all_well(checks) else Exit.PROBLEM


def doctor_fields(checks: Sequence[Check]) -> Fields:
    """The document that programs read."""
    return {
        "ok": all_well(checks),
        "checks": [
            {
                "name": check.name.value,
                "status": check.status.value,
                "detail": check.detail,
                "fix": check.fix,
            }
            for check in checks
        ],
    }


def _print(console: Console, checks: Sequence[Check]) -> None:
    for check in checks:
        glyph, tone = _SIGNS[check.status]
        first, *rest = _wrap(console, check.detail)
        console.cells(
            [Cell(f"{glyph} {check.name:<{_NAME_WIDTH}} ", tone), Cell(first)], whole=True
        )
        for line in rest:
            console.cells([Cell(_INDENT + line)], whole=True)
        for line in _wrap(console, f"→ {check.fix}") if check.fix else []:
            console.cells([Cell(_INDENT + line, Tone.ACCENT)], whole=True)
    console.say(_summary(checks))


def _wrap(console: Console, words: str) -> list[str]:
    """Words in lines that fit beside the names."""
    return wrap(visible(words, _MOST_WORDS), len(_INDENT), console.width)


def _summary(checks: Sequence[Check]) -> str:
    failed = sum(check.status is CheckStatus.FAIL for check in checks)
    warned = sum(check.status is CheckStatus.WARN for check in checks)
    if not failed and not warned:
        return "All is well."
    parts = [f"{failed} to fix"] if failed else []
    parts += [f"{warned} to look at"] if warned else []
    return f"{', '.join(parts).capitalize()}."
