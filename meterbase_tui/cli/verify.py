"""`verify`: checks a body and its signature offline, and explains."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.bodies import read_body
from meterbase_tui.cli.exits import Exit
from meterbase_tui.cli.options import STORE, json_option, setting_options
from meterbase_tui.cli.tables import print_facts
from meterbase_tui.settings import SettingsError, with_known_secret
from meterbase_tui.text import visible_bytes
from meterbase_tui.widgets.rows import Cell, Tone
from receiver.diagnosis import diagnose
from receiver.judging.signing import SIGNATURE_HEADER
from receiver.judging.signing import verify as verify_signature
from store.records import Verdict

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from receiver.diagnosis import Diagnosis
    from receiver.judging.signing import Secrets
    from store.records import Headers

_VERDICTS = {
    Verdict.VALID: Cell("✓ valid", Tone.SUCCESS),
    Verdict.INVALID: Cell("✗ invalid", Tone.ERROR),
    Verdict.MISSING: Cell("✗ missing", Tone.ERROR),
}
_FITS = "The signature fits these bytes under the secret in force."


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--signature", metavar="VALUE", help="The header's value; left out, it is missing.")
@click.option(
    "--header",
    "name",
    metavar="NAME",
    default=SIGNATURE_HEADER,
    show_default=True,
    help="The header that carried it.",
)
@setting_options(STORE)
@json_option
@click.pass_obj
def verify(
    session: Session, /, *, file: str, signature: str | None, name: str, as_json: bool
) -> Exit:
    """Check the signature of a body offline, and explain.

    FILE holds the body's bytes exactly as they came; it may be - for standard input. Every cause
    that can be proven is searched for, however long it takes. Ends with 3 when the signature is
    not valid.
    """
    headers: Headers = ()
    if signature is not None:
        headers = ((os.fsencode(name), os.fsencode(signature)),)
    body, secrets = read_body(file), _find_secrets(session)
    verdict = _judge(headers, body, secrets)
    diagnosis = diagnose(headers, body, secrets, budget_s=math.inf)
    if as_json:
        session.console.json_document(
            {
                "verdict": verdict,
                "diagnosis": diagnosis.code if diagnosis else None,
                "explanation": diagnosis.explanation if diagnosis else _FITS,
                "also": [code.value for code in diagnosis.also] if diagnosis else [],
                "tried": diagnosis.tried if diagnosis else 0,
            }
        )
    else:
        _explain(session, verdict, diagnosis)
    return Exit.DONE if verdict is Verdict.VALID else Exit.PROBLEM


def _find_secrets(session: Session) -> Secrets | None:
    """The secrets in force; None when there is none, for it is not a check's place to make one."""
    settings, unusable = with_known_secret(session.load())
    if unusable:
        raise SettingsError(unusable)
    session.warn(settings)
    return settings.secrets if settings.secret is not None else None


def _judge(headers: Headers, body: bytes, secrets: Secrets | None) -> Verdict:
    if secrets is None:
        return Verdict.INVALID if headers else Verdict.MISSING
    return verify_signature(headers, body, secrets)


def _explain(session: Session, verdict: Verdict, diagnosis: Diagnosis | None) -> None:
    facts = [("Verdict", _VERDICTS[verdict])]
    if diagnosis is not None:
        names = " and ".join(code.replace("_", " ") for code in diagnosis.codes)
        facts.append(("Diagnosis", Cell(names, Tone.STRONG)))
        facts.append(("Tried", Cell(f"{diagnosis.tried:,} digests recomputed", Tone.MUTED)))
        if difference := diagnosis.difference:
            facts.append(
                (
                    "Differs",
                    Cell(
                        f"from byte {difference.offset + 1:,}: received "
                        f"{visible_bytes(difference.received)!r}, signed "
                        f"{visible_bytes(difference.signed)!r}"
                    ),
                )
            )
    print_facts(session.console, facts)
    session.console.line()
    session.console.line(diagnosis.explanation if diagnosis else _FITS)
