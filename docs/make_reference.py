"""Writes the reference pages that are made from the code; a test holds them to it.

Run it from the repository's folder: `python docs/make_reference.py`.
"""

from __future__ import annotations

from pathlib import Path

from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.explanations import EXPLANATIONS
from sample_payloads.signatures import Mistake

_DOCS = Path(__file__).parent
_HEAD = """# Diagnoses

Why a signature did not match, most specific first. A cause is said only when a recomputed digest
proves it, or when the header's form does; two causes at once are both told. Each can be seen live:
send it with `meterbase-tui send test_ping --bad-signature KIND`, then look at *Signature failures*
or `meterbase-tui show delivery ID`. `meterbase-tui verify FILE --signature VALUE` explains one
offline.

The sender is told nothing of this: it gets `401 {"error":"invalid_signature"}`, whatever the cause.

This page is made from `receiver/diagnosis/explanations.py` by `docs/make_reference.py`.
"""


def diagnoses() -> str:
    """The page `diagnoses.md`."""
    kinds: dict[str, list[str]] = {}
    for mistake in Mistake:
        kinds.setdefault(mistake.diagnosis, []).append(mistake.value)
    parts = [_HEAD]
    for code in DiagnosisCode:
        explanation = EXPLANATIONS[code]
        see = ", ".join(f"`{kind}`" for kind in kinds.get(code.value, ()))
        parts.append(
            f"## {code.value}\n\n{explanation.cause}\n\n"
            f"- **What to do:** {explanation.cure}\n"
            f"- **Proof:** {explanation.proof}\n"
            + (f"- **See it:** `--bad-signature` {see}\n" if see else "")
        )
    return "\n".join(parts)


PAGES = {"diagnoses.md": diagnoses}
"""Each page's file with what makes it."""


def main() -> None:
    """Writes every page."""
    for name, make in PAGES.items():
        (_DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
