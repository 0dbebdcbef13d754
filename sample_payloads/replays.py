"""Sends stored deliveries again: byte for byte and with their headers, or edited."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.arrival.hops import repeat_headers
from receiver.arrival.origin import ORIGIN_HEADER, mark
from receiver.judging.signing import SIGNATURE_HEADER, sign
from sample_payloads.edits import edit_body
from sample_payloads.sending import Outgoing
from store.records import Origin

if TYPE_CHECKING:
    from sample_payloads.edits import Edits
    from store.records import Content, Delivery

_SIGNATURE = frozenset({SIGNATURE_HEADER.lower()})
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_TARGET = re.compile(r"/[!\"$-~]*")


class ReplayError(ValueError):
    """A delivery that cannot be sent again; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored delivery as it will be sent again."""

    outgoing: Outgoing
    omitted: tuple[str, ...]
    """Names of headers that no client can send: their values are no text. Foreign text."""
    edited: bool
    """Whether its body differs from the one that was received."""


def build_replay(
    delivery: Delivery,
    content: Content,
    *,
    base_url: str,
    secret: bytes,
    url: str | None = None,
    edits: Edits,
    timestamp: str | None = None,
    resign: bool = False,
) -> Replay:
    """A stored delivery as a request, marked as its replay.

    Args:
        delivery: what is sent again.
        content: its headers and its body.
        base_url: the receiver, without a path: the delivery's own path is appended.
        secret: the secret for the mark, and for signing.
        url: where to send it instead.
        edits: what to change; without edits the body stays as it is, to the byte.
        timestamp: for a body that is edited: its fresh timestamp.
        resign: whether to sign what is sent; otherwise the delivery's own signature stays.

    Raises:
        ReplayError: its body is incomplete or damaged, or its path or method cannot be sent.
        EditError: an edit cannot be made.
    """
    _check(delivery, content, path_matters=url is None)
    body = edit_body(content.body, edits, timestamp) if edits else content.body
    headers, omitted = repeat_headers(
        content.headers, without=_SIGNATURE if resign else frozenset()
    )
    if resign:
        headers += ((SIGNATURE_HEADER, sign(secret, body)),)
    headers += ((ORIGIN_HEADER, mark(secret, body, Origin.REPLAY, delivery.id)),)
    outgoing = Outgoing(
        url=url or base_url + delivery.path, method=delivery.method, headers=headers, body=body
    )
    return Replay(outgoing, omitted, edited=body != content.body)


def _check(delivery: Delivery, content: Content, *, path_matters: bool) -> None:
    if not content.complete:
        raise ReplayError(
            f"Delivery {delivery.id} was refused, and only the first {len(content.body):,} of its "
            f"{content.size:,} bytes were kept."
        )
    if hashlib.sha256(content.body).digest() != content.body_sha256:
        raise ReplayError(
            f"The stored body of delivery {delivery.id} does not match its checksum: the disk or "
            "the store's file is damaged."
        )
    if not _METHOD.fullmatch(delivery.method):
        raise ReplayError(f"The method of delivery {delivery.id} cannot be sent again.")
    if path_matters and not _TARGET.fullmatch(delivery.path):
        raise ReplayError(
            f"The path of delivery {delivery.id} cannot be sent again as it came. "
            "Say where to send it with --url."
        )
