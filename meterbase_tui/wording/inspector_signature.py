"""The inspector's text about a signature: what was there, and why it did not match. Pure.

Foreign text enters only as a variable of a template and after `visible`, so it can neither style
nor act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible, visible_bytes
from meterbase_tui.widgets.prose import BLANK, Line, Prose, labelled, plain
from receiver.diagnosis import StepOutcome
from receiver.judging.signing import SIGNATURE_HEADER, signature_values
from store.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.queries.details import Detail
    from receiver.diagnosis import Diagnosis

_SHOWN_VALUE = 2_000
_STEPS = {
    StepOutcome.FITS: ("✓", "$text-success"),
    StepOutcome.NO_FIT: ("·", "$foreground-muted"),
    StepOutcome.CUT_SHORT: ("…", "$text-warning"),
}
_VERDICTS = {
    Verdict.VALID: "[$text-success b]✓ valid[/]",
    Verdict.INVALID: "[$text-error b]✗ invalid[/]",
    Verdict.MISSING: "[$text-error b]✗ missing[/]",
    Verdict.NOT_CHECKED: "[$foreground-muted b]· not checked[/]",
}


def draw_verdict(verdict: Verdict) -> Content:
    """What was found of the signature, in a word with its sign."""
    return Content.from_markup(_VERDICTS[verdict])


def draw_signature(detail: Detail, diagnosis: Diagnosis | None = None) -> Prose:
    """What was there, what should have been, and why it did not match; never the right digest.

    Args:
        detail: the delivery.
        diagnosis: the search for the cause, with its steps, once it was made again.
    """
    delivery = detail.delivery
    values = signature_values(detail.content.headers)
    given = [visible_bytes(value, 300) for value in values] or ["no such header"]
    lines = [
        labelled("Verdict", draw_verdict(delivery.verdict)),
        labelled("Header", Content(SIGNATURE_HEADER)),
        *(labelled("Given", Content(value)) for value in given),
        labelled("Form", Content("sha256= and 64 lower-case hexadecimal digits")),
        labelled("Signed", Content("HMAC-SHA256 over the body's bytes, exactly as they came")),
        labelled("Body", Content(f"{delivery.size:,} bytes, {_kept(detail)}")),
        labelled("SHA-256", Content(_checksum(detail))),
    ]
    if delivery.diagnosis:
        lines += [
            BLANK,
            labelled(
                "Diagnosis",
                Content.from_markup("[$text-error b]$code[/]", code=visible(delivery.diagnosis)),
            ),
        ]
    if delivery.explanation:
        lines += [BLANK, plain(Content(visible(delivery.explanation, _SHOWN_VALUE)))]
    if diagnosis is not None:
        lines += _draw_search(diagnosis)
    return Prose(lines)


def _draw_search(diagnosis: Diagnosis) -> Iterator[Line]:
    """Where the bytes differ from those that were signed, and everything that was tried."""
    if difference := diagnosis.difference:
        yield BLANK
        yield labelled("Differs", Content(f"from byte {difference.offset + 1:,} on"))
        yield labelled("Received", Content(f"… {visible_bytes(difference.received)} …"))
        yield labelled("Was signed", Content(f"… {visible_bytes(difference.signed)} …"))
    if diagnosis.steps:
        yield BLANK
        yield plain(
            Content.from_markup(
                "[b]Tried[/]  [$foreground-muted]$n digests recomputed[/]", n=f"{diagnosis.tried:,}"
            )
        )
    for step in diagnosis.steps:
        sign, colour = _STEPS[step.outcome]
        yield plain(
            Content.from_markup(
                f"  [{colour}]{sign}[/] $name [$foreground-muted]$tried[/]",
                name=visible(step.name, 100).ljust(44),
                tried=f"{step.tried:,}",
            )
        )


def _checksum(detail: Detail) -> str:
    if detail.masked:
        return "hidden: it would confirm a guess at what is masked"
    return detail.content.body_sha256.hex()


def _kept(detail: Detail) -> str:
    if detail.masked:
        return "hidden" if detail.hidden else "shown with people's data masked"
    if detail.content.complete:
        return "all of them kept"
    return f"the first {len(detail.content.body):,} kept"
