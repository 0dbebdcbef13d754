"""Sends requests for `send` and `replay`, tells what became of them, and sums that up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.text import pad, visible
from meterbase_tui.widgets.rows import Cell, Tone
from meterbase_tui.wording.values import duration
from sample_payloads.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.cli.console import Console
    from meterbase_tui.settings import Settings
    from sample_payloads.sending import Outgoing, Reply

_OPERATIONAL = ("delivery_id", "event_id", "duplicate")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A request, and what it is called in the report."""

    label: str
    """Foreign text."""
    outgoing: Outgoing
    fields: tuple[tuple[str, Any], ...]
    """How JSON names it."""


def local_url(settings: Settings) -> str:
    """The receiver on this machine; raises `CommandError` when its port is any free one."""
    if settings.port == 0:
        raise CommandError(
            f"{settings.source('port')} is 0, so the receiver's port is not known. Say where to "
            "send with --url.",
            Exit.USAGE,
        )
    return settings.webhook_url


def dispatch(
    console: Console, parcels: Iterator[Parcel], *, rate: float | None = None, as_json: bool
) -> Exit:
    """Sends requests one after the other, and prints a line for each.

    Args:
        console: where to print.
        parcels: what to send; each is built when its turn comes.
        rate: how many a second at most; None sends without a pause.
        as_json: whether to print JSON.

    Returns:
        Done when all were accepted, `PROBLEM` when one was refused.

    Raises:
        CommandError: there was no answer. What follows is not sent.
    """
    return asyncio.run(_dispatch(console, parcels, rate, as_json=as_json))


async def _dispatch(
    console: Console, parcels: Iterator[Parcel], rate: float | None, *, as_json: bool
) -> Exit:
    loop = asyncio.get_running_loop()
    code = Exit.DONE
    async with Sender() as sender:
        started = loop.time()
        for index, parcel in enumerate(parcels):
            if rate is not None:
                await asyncio.sleep(max(0.0, started + index / rate - loop.time()))
            reply = await sender.send(parcel.outgoing)
            if as_json:
                console.json_line(_fields(parcel, reply))
            elif reply.status is not None:
                console.cells(_cells(parcel, reply))
            console.flush()
            if reply.status is None:
                raise CommandError(_unreachable(reply), Exit.UNREACHABLE)
            if not reply.accepted:
                code = Exit.PROBLEM
    return code


def _fields(parcel: Parcel, reply: Reply) -> dict[str, Any]:
    answer = reply.answer if isinstance(reply.answer, dict) else {}
    return {
        **dict(parcel.fields),
        "url": parcel.outgoing.url,
        "status": reply.status,
        "accepted": reply.accepted,
        **{name: answer.get(name) for name in _OPERATIONAL},
        "answer": reply.answer,
        "ms": reply.ms,
        "error": reply.error,
    }


def _cells(parcel: Parcel, reply: Reply) -> list[Cell]:
    accepted = reply.accepted
    return [
        Cell(("✓" if accepted else "✗") + " ", Tone.SUCCESS if accepted else Tone.ERROR),
        Cell(pad(visible(parcel.label, 200), 20) + "  ", Tone.STRONG),
        Cell(f"{reply.status}  ", Tone.PLAIN if accepted else Tone.ERROR),
        Cell(f"{duration(reply.ms):>8}  ", Tone.MUTED),
        Cell(visible(_describe(reply), 400)),
    ]


def _describe(reply: Reply) -> str:
    """The answer in a few words, as foreign text."""
    answer = reply.answer
    if not isinstance(answer, dict):
        return str(answer or "")
    if "delivery_id" in answer:
        words = f"delivery {answer['delivery_id']}, event {answer.get('event_id')}"
        return f"{words} (duplicate)" if answer.get("duplicate") else words
    return ": ".join(str(answer[name]) for name in ("error", "detail") if answer.get(name))


def _unreachable(reply: Reply) -> str:
    return (
        f"{reply.error} Is the receiver running? Start `meterbase-tui` or `meterbase-tui listen`, "
        "or name another address with --url."
    )
