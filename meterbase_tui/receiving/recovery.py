"""Brings requests into the log that reached the tunnel's agent while the receiver was down.

The agent keeps what it could not pass on. It is sent to the receiver as it came, body byte for byte
and with its headers, through the one door: verified, committed and processed like any delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meterbase_tui.checking.missed_requests import ask_inspector, find_missed
from receiver.arrival.hops import repeat_headers
from sample_payloads.sending import Outgoing, Sender

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from receiver.tunnel.inspection import SeenRequest
    from sample_payloads.sending import Reply
    from store.reader import Reader


@dataclass(frozen=True, slots=True)
class Recovered:
    """A request of the gap, and what became of it."""

    request: SeenRequest
    reply: Reply | None
    """None for one that was not sent: the agent kept only a part of its body."""

    @property
    def accepted(self) -> bool:
        """Whether it is in the log now, as an accepted delivery."""
        return self.reply is not None and self.reply.accepted


def look_for_missed(inspector_url: str, reader: Reader, now: datetime) -> list[SeenRequest]:
    """The webhooks that the agent saw and the log lacks, the oldest first. Blocks for 2 s at most.

    Args:
        inspector_url: the local API of the agent.
        reader: the store.
        now: the time.

    Raises:
        InspectorError: the agent cannot be asked.
        StoreError: the store cannot be read.
    """
    unanswered = ask_inspector(inspector_url, now)
    with reader.connect() as connection:
        return find_missed(connection, unanswered)


async def recover(requests: Sequence[SeenRequest], url: str) -> list[Recovered]:
    """Sends them to the receiver, in their order; stops when it does not answer.

    Args:
        requests: what `look_for_missed` found.
        url: where the receiver takes deliveries on this machine.

    Returns:
        What was tried, in that order: fewer than `requests` when the receiver stopped answering.
    """
    done: list[Recovered] = []
    async with Sender() as sender:
        for request in requests:
            if not request.whole:
                done.append(Recovered(request, None))
                continue
            headers, _ = repeat_headers(request.headers)
            reply = await sender.send(
                Outgoing(url=url + request.query, headers=headers, body=request.body)
            )
            done.append(Recovered(request, reply))
            if reply.status is None:
                break
    return done


def sum_up(found: int, done: Sequence[Recovered]) -> str:
    """What was recovered, as sentences for a person."""
    if not found:
        return "Nothing is missing: the log has every webhook that the tunnel's agent lists."
    answered = [each.reply for each in done if each.reply is not None and each.reply.status]
    accepted = sum(each.accepted for each in done)
    partly = sum(each.reply is None for each in done)
    parts = [f"{accepted:,} of {found:,} recovered into the log."]
    if len(answered) > accepted:
        parts.append(f"{len(answered) - accepted:,} refused, as the log says.")
    if partly:
        parts.append(f"{partly:,} not sent: the agent kept only a part of the body.")
    if len(answered) + partly < found:
        parts.append("The receiver stopped answering: try again when it runs.")
    return " ".join(parts)
