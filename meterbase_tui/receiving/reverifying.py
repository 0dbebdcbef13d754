"""Sends refused deliveries again that prove authentic under the secrets in force now."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from receiver.checks.wording import count
from receiver.reverification import find_authentic
from sample_payloads.edits import Edits
from sample_payloads.replays import build_replay
from sample_payloads.sending import Sender
from store.reader import Reader
from store.reading.deliveries import get_deliveries, read_content

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from receiver.judging.signing import Secrets
    from sample_payloads.sending import Outgoing, Reply


@dataclass(frozen=True, slots=True)
class Reverified:
    """A refused delivery that was sent again."""

    delivery_id: int
    """The refused one."""
    reply: Reply


async def reverify(store: Path, secrets: Secrets, url: str) -> AsyncIterator[Reverified]:
    """Sends them to the receiver, oldest first and byte for byte, each as a replay.

    Ends early when the receiver does not answer; the last reply then has no status.

    Args:
        store: the receiver's store.
        secrets: those in force.
        url: where the receiver takes deliveries on this machine.

    Raises:
        StoreError: the store cannot be read.
    """
    parts = urlsplit(url)
    base_url = f"{parts.scheme}://{parts.netloc}"
    found = await asyncio.to_thread(read_authentic, store, secrets)
    async with Sender() as sender:
        for delivery_id in found:
            outgoing = await asyncio.to_thread(_build, store, delivery_id, base_url, secrets)
            if outgoing is None:
                continue
            reply = await sender.send(outgoing)
            yield Reverified(delivery_id, reply)
            if reply.status is None:
                return


def read_authentic(store: Path, secrets: Secrets) -> list[int]:
    """The refused deliveries that prove authentic now, oldest first; see `find_authentic`."""
    with closing(Reader(store)) as reader, reader.connect() as connection:
        return find_authentic(connection, secrets)


def _build(store: Path, delivery_id: int, base_url: str, secrets: Secrets) -> Outgoing | None:
    with closing(Reader(store)) as reader, reader.connect() as connection:
        delivery = get_deliveries(connection, [delivery_id]).get(delivery_id)
        content = read_content(connection, delivery_id)
    if delivery is None or content is None:
        # It gave way to newer refusals meanwhile.
        return None
    return build_replay(
        delivery, content, base_url=base_url, secret=secrets.current, edits=Edits()
    ).outgoing


def sum_up(done: list[Reverified]) -> str:
    """What became of them, as sentences for a person."""
    if not done:
        return "No refused delivery proves authentic under the secret in force."
    accepted = sum(each.reply.accepted for each in done)
    words = (
        f"{count(accepted, 'refused delivery', 'refused deliveries')} proved authentic and "
        f"{'was' if accepted == 1 else 'were'} accepted."
    )
    if accepted < len(done):
        why = done[-1].reply.error or "the log says why"
        words += f" {len(done) - accepted:,} not: {why}"
    return words
