"""The inspector's heading: which delivery it shows, and what became of it. Pure.

Foreign text enters only as a variable of a template and after `visible`, so it can neither style
nor act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from meterbase_tui.text import visible
from meterbase_tui.widgets.prose import Flow
from meterbase_tui.wording.delivery_rows import describe_processing, describe_resource
from meterbase_tui.wording.inspector_signature import draw_verdict
from meterbase_tui.wording.record_lines import draw_cell
from meterbase_tui.wording.refusals import BY_ADDRESS, describe_refusal

if TYPE_CHECKING:
    from meterbase_tui.queries.details import Detail
    from store.records import Delivery

MASKED = Content.from_markup("[$text-accent]▒ masked[/]")
"""Beside a heading, while people's data is masked."""


def draw_heading(detail: Detail) -> Flow:
    """Which delivery this is, and what became of it: on one line, where that has room."""
    delivery = detail.delivery
    kind = delivery.event or f"{delivery.method} {delivery.path}"
    what = describe_resource(delivery)
    about = Content.from_markup("[b]$kind[/]", kind=visible(kind, 100))
    return Flow(
        (
            Content.from_markup("[$foreground-muted]Delivery[/] [b]$id[/]", id=str(delivery.id)),
            MASKED if detail.masked else Content(""),
            about + Content(f"  {what}" if what else ""),
            draw_verdict(delivery.verdict),
            Content(f"answered {delivery.status}"),
            draw_cell(describe_processing(delivery)) + _draw_refusal(delivery),
        )
    )


def _draw_refusal(delivery: Delivery) -> Content:
    """Why no event was made of it, whichever tab is looked at."""
    if delivery.event or delivery.status in BY_ADDRESS:
        return Content("")
    told = describe_refusal(delivery)
    return Content.from_markup("[$foreground-muted]:[/] [$text-error]$told[/]", told=told)
