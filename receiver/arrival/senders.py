"""Who sent a request, as far as its headers tell, and the sums of refused signatures by sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from store.reading.refusals import RefusedSignature
    from store.records import Headers

NOT_SEARCHED = "not_diagnosed"
"""Stands for the code of a refusal whose cause has not been searched for."""
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """Refused signatures with one cause and one sender."""

    diagnosis: str
    """The cause's code, or `not_diagnosed`."""
    sender: str
    """Foreign text; see `describe_sender`."""
    count: int
    """How many requests, those too that were only counted."""
    first_at: datetime
    last_at: datetime
    newest_id: int
    """The newest delivery of the group."""


def describe_sender(headers: Headers) -> str:
    """Who sent a request: the address that a tunnel noted, and what it calls itself. Foreign text.

    Tunnels append to `X-Forwarded-For`, so only the last address in it is theirs and not the
    sender's own word. Without one the request came from this machine or network.
    """
    said: dict[bytes, bytes] = {}
    for name, value in headers:
        said[name.lower()] = value
    address = said.get(b"x-forwarded-for", b"").rpartition(b",")[2].strip()
    program = said.get(b"user-agent", b"").strip().partition(b" ")[0]
    parts = [part.decode("latin-1")[:_LONGEST] for part in (address or b"local", program) if part]
    return " ".join(parts)


def group_failures(refusals: Iterable[RefusedSignature]) -> list[FailureGroup]:
    """Sums up refused signatures by cause and sender, the group with the newest one first.

    Args:
        refusals: newest first.
    """
    groups: dict[tuple[str, str], list[RefusedSignature]] = {}
    for refusal in refusals:
        key = (refusal.diagnosis or NOT_SEARCHED, describe_sender(refusal.headers))
        groups.setdefault(key, []).append(refusal)
    return [
        FailureGroup(
            diagnosis=diagnosis,
            sender=sender,
            count=sum(member.requests for member in members),
            first_at=members[-1].received_at,
            last_at=members[0].received_at,
            newest_id=members[0].id,
        )
        for (diagnosis, sender), members in groups.items()
    ]
