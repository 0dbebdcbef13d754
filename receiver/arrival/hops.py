"""Headers that belong to one journey of a request, and must not be sent on with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from receiver.arrival.origin import ORIGIN_HEADER
from receiver.judging.signing import SIGNATURE_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.records import Headers

HeaderLines: TypeAlias = tuple[tuple[str, str], ...]
"""Headers as our HTTP client wants them."""

_OF_THE_CONNECTION = frozenset(
    {
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""Headers that speak of the first journey: RFC 9110, section 7.6.1, and what a client adds."""
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def repeat_headers(
    headers: Headers, *, without: frozenset[str] = frozenset()
) -> tuple[HeaderLines, tuple[str, ...]]:
    """The headers of a request as a client of ours sends them again.

    Those of its first journey and our own mark are left out (RFC 9110, section 7.6.1).

    Args:
        headers: as they came.
        without: further names to leave out, in lower case.

    Returns:
        The headers, and the names of those that no client can send unchanged. Foreign text.
    """
    left_out = {ORIGIN_HEADER.lower()} | _OF_THE_CONNECTION | _named_by_connection(headers)
    left_out |= without
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
