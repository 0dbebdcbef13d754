"""What is said of a payload while it is edited: one line, and what matters first. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.wording.comparing import count_differences
from receiver.contents.comparison import compare_json
from receiver.judging.strict_json import InvalidJsonError, parse
from sample_payloads.faults import find_fault

if TYPE_CHECKING:
    from store.records import Json

_OTHER_BYTES = "the old signature came with other bytes"


def describe_draft(body: bytes, original: bytes, before: Json) -> Content:
    """Where a draft is no JSON or no payload as Propexo's are; or else what differs, in all of it.

    Args:
        body: what would be sent.
        original: what is edited.
        before: the value of that.
    """
    try:
        differences = compare_json(before, parse(body))
    except InvalidJsonError as error:
        return Content.from_markup("[$text-error]✗ $why[/]", why=_describe_break(error))
    changed = count_differences(differences) if differences else ""
    fault = find_fault(body)
    if fault is None:
        words = _describe_bytes(changed, same=body == original)
        return Content.from_markup("[$text-success]✓[/] $words", words=words)
    return Content.from_markup(
        "[$text-warning]! line $line: $why[/]   [$foreground-muted]$changed[/]",
        line=str(fault.line),
        why=visible(fault.brief, 200),
        changed=changed,
    )


def _describe_break(error: InvalidJsonError) -> str:
    """The place first, in the form that the cursor's has."""
    if error.place is None:
        return visible(str(error), 300)
    line, column = error.place
    return f"no JSON at {line}:{column}: {visible(error.what, 200)}"


def _describe_bytes(changed: str, *, same: bool) -> str:
    """Whether the signature that came with it came with these bytes; it may have been wrong."""
    if same:
        return "byte for byte as it came; the old signature counts as before"
    return f"{changed or 'only the layout differs'}; {_OTHER_BYTES}"
