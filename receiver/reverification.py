"""Refused deliveries that prove authentic under the secrets in force now.

The log is never rewritten: what was refused stays refused. A delivery that proves authentic is sent
through the one door again, where it becomes a delivery of its own, a replay of the refused one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.judging.signing import verify
from store.reading.refusals import accepted_bodies, candidates
from store.records import Verdict

if TYPE_CHECKING:
    from receiver.judging.signing import Secrets
    from store.reader import Connection

MOST = 5_000
"""Deliveries that are found at once; the rest is found the next time."""


def find_authentic(connection: Connection, secrets: Secrets) -> list[int]:
    """The refused deliveries whose signature fits now, oldest first, one for each body.

    Those whose body has been accepted meanwhile, by Propexo's own retry or a replay, are left out.
    """
    found: dict[bytes, int] = {}
    for candidate in candidates(connection):
        if candidate.checksum in found:
            continue
        if verify(candidate.headers, candidate.body, secrets) is Verdict.VALID:
            found[candidate.checksum] = candidate.id
        if len(found) == MOST:
            break
    accepted = accepted_bodies(connection, found.keys())
    return [number for checksum, number in found.items() if checksum not in accepted]
