"""The lines of `listen`, for people and for programs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from meterbase_tui.cli import cells
from meterbase_tui.cli.tunnel_fields import tunnel_fields
from meterbase_tui.exports import json_fields
from meterbase_tui.text import pad, visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.delivery_rows import describe_processing
from meterbase_tui.wording.targets import describe_target, target_fields
from meterbase_tui.wording.values import duration, local_time
from meterbase_tui.wording.welcome import describe_welcome
from receiver.tunnel.status import TunnelState, webhook_url
from store.records import Delivery, Event, EventState, Verdict

if TYPE_CHECKING:
    from meterbase_tui.cli.console import Console
    from meterbase_tui.runtime import Runtime
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel import TunnelStatus

_WHAT_WIDTH = 34
_VERDICT_WIDTH = 9
_SIGNS = {Verdict.VALID: "✓ valid", Verdict.NOT_CHECKED: "· –"}
_UNFINISHED = (EventState.PENDING, EventState.PROCESSING)


class JsonLines:
    """One JSON object a line, told apart by `type`."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def ready(self, runtime: Runtime, *, empty: bool) -> None:
        """The first line: the port is open."""
        del empty  # is for people
        self._console.json_line(
            {
                "type": "ready",
                "url": runtime.url,
                "public_url": runtime.public_url,
                "db": str(runtime.database.path),
                "pid": os.getpid(),
            }
        )

    def record(self, record: Delivery | Event) -> None:
        """A delivery that was answered, or an event that was processed."""
        if isinstance(record, Delivery):
            fields = {"type": "delivery", **json_fields.delivery_fields(record)}
        else:
            fields = {"type": "outcome", **json_fields.event_fields(record)}
        self._console.json_line(fields)

    #: Events whose end has a line: every one has.
    unfinished: None = None

    def tunnel(self, status: TunnelStatus) -> None:
        """A change of the tunnel's state."""
        self._console.json_line({"type": "tunnel", **tunnel_fields(status)})

    def target(self, health: TargetHealth) -> None:
        """A change of a forward target's state."""
        self._console.json_line({"type": "forward", **target_fields(health)})


class HumanLines:
    """One line a delivery; everything else is said on standard error."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.unfinished: set[int] = set()
        """Events whose delivery was printed before their outcome was known: that has a line too."""

    def ready(self, runtime: Runtime, *, empty: bool) -> None:
        """Says where the receiver is, and more to somebody who starts with an empty store."""
        self._console.say(f"Listening on {runtime.url}")
        self._console.say(f"Keeping everything in {runtime.database.path}. Stop with Ctrl-C.")
        if not empty:
            return
        welcome = describe_welcome(runtime.settings, runtime.url)
        self._console.say(f"The signing secret {welcome.secret}")
        if welcome.own_secret:
            self._console.say(f"To use the one that Propexo shows: {welcome.own_secret}")
        self._console.say(
            "See a first webhook, from another terminal: meterbase-tui send test_ping"
        )

    def record(self, record: Delivery | Event) -> None:
        """Prints a delivery; says what became of an event that was printed too early."""
        if isinstance(record, Delivery):
            if record.event_id is not None and record.state in _UNFINISHED:
                self.unfinished.add(record.event_id)
            self._console.cells(_cells(record))
        elif record.id in self.unfinished:
            self.unfinished.discard(record.id)
            state = cells.event_state(record).text
            why = f" ({record.error})" if record.error else ""
            self._console.say(f"Event {record.id} {record.event}: {state}{why}")

    def tunnel(self, status: TunnelStatus) -> None:
        """Says what became of the public address."""
        if sentence := _describe_tunnel(status):
            self._console.say(sentence)

    def target(self, health: TargetHealth) -> None:
        """Says how a forward target is now."""
        self._console.say(describe_target(health))


def _cells(delivery: Delivery) -> list[Cell]:
    what = visible(" ".join(filter(None, (delivery.event, cells.subject(delivery)))), 200)
    refused = delivery.event_id is None
    remark = Cell(visible(delivery.explanation or delivery.diagnosis or "refused", 400), Tone.ERROR)
    parts = (
        Cell(local_time(delivery.received_at), Tone.MUTED),
        Cell(pad(what, _WHAT_WIDTH)),
        _verdict(delivery),
        cells.status(delivery),
        Cell("" if delivery.ack_ms is None else f"{duration(delivery.ack_ms):>8}", Tone.MUTED),
        remark if refused else describe_processing(delivery),
        cells.note(delivery),
    )
    return [part for cell in parts for part in (cell, Cell("  "))]


def _verdict(delivery: Delivery) -> Cell:
    words = _SIGNS.get(delivery.verdict, f"✗ {delivery.verdict}")
    tones = {Verdict.VALID: Tone.SUCCESS, Verdict.NOT_CHECKED: Tone.MUTED}
    return Cell(pad(words, _VERDICT_WIDTH), tones.get(delivery.verdict, Tone.ERROR))


def _describe_tunnel(status: TunnelStatus) -> str | None:
    if status.problem is not None:
        return f"Tunnel {status.state}: {status.problem.sentence} {status.problem.cure}"
    if status.state is TunnelState.ONLINE:
        return f"Public address for Propexo's dashboard: {webhook_url(status)}"
    if status.state is TunnelState.OFF:
        return status.why_off
    return f"Tunnel {status.state}."
