"""HTTP headers at rest: the lines that the wire had, so that a replay can send them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.records import Headers


def encode_headers(headers: Headers) -> bytes:
    """One ``name: value`` line a header: a name holds no colon, and neither part a line end."""
    return b"\r\n".join([b": ".join(header) for header in headers])


def decode_headers(lines: bytes) -> Headers:
    """The pairs that `encode_headers` was given."""
    pairs = (line.partition(b": ") for line in lines.split(b"\r\n") if line)
    return tuple((name, value) for name, _, value in pairs)


def shorten_headers(headers: Headers, most: int) -> Headers:
    """The first of them, whole, whose names and values together have at most so many bytes."""
    kept: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        most -= len(name) + len(value)
        if most < 0:
            break
        kept.append((name, value))
    return tuple(kept)
