"""Sends stored deliveries again: byte for byte and with their headers, or edited."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from receiver.origin import ORIGIN_HEADER, mark
from receiver.signing import SIGNATURE_HEADER, sign
from sample_payloads.edits import edit_body
from sample_payloads.sending import Outgoing
from store.records import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sample_payloads.edits import Edits
    from sample_payloads.signatures import HeaderLines
    from store.records import Content, Delivery, Headers

_OF_THE_CONNECTION = frozenset(
    {
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Headers that speak of the first journey: RFC 9110, section 7.6.1, and what a client adds."""
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_TARGET = re.compile(r"/[!\"$-~]*")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


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
    headers, omitted = repeat_headers(content.headers, without_signature=resign)
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


def repeat_headers(
    headers: Headers, *, without_signature: bool = False
) -> tuple[HeaderLines, tuple[str, ...]]:
    """The headers of a request as a client of ours sends them again.

    Those of its first journey and our own mark are left out (RFC 9110, section 7.6.1).

    Returns:
        The headers, and the names of those that no client can send unchanged.
    """
    left_out = {ORIGIN_HEADER.lower()} | _OF_THE_CONNECTION | _named_by_connection(headers)
    if without_signature:
        left_out.add(SIGNATURE_HEADER.lower())
    spellings: dict[str, str] = {}
    kept: list[tuple[str, str]] = []
    omitted: list[str] = []
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        if name.lower() in left_out:
            continue
        value = _sendable(raw_name, raw_value)
        if value is None:
            omitted.append(name)
            continue
        # The client would take two spellings of one name for one header, and drop the first.
        kept.append((spellings.setdefault(name.lower(), name), value))
    return tuple(kept), tuple(omitted)


def _named_by_connection(headers: Headers) -> set[str]:
    """RFC 9110, section 7.6.1: `Connection` names further headers of that connection."""

    def names() -> Iterator[str]:
        for name, value in headers:
            if name.lower() == b"connection":
                for option in value.decode("latin-1").split(","):
                    yield option.strip().lower()

    return set(names()) - {SIGNATURE_HEADER.lower(), "content-type"}


def _sendable(name: bytes, value: bytes) -> str | None:
    """A header's value as the client wants it, or None if it could not be sent unchanged."""
    if not _NAME.fullmatch(name):
        return None
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
