"""What the sender may have signed, where compression lies between it and the body that arrived."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

#: In bytes. What a body may grow to; a longer one is not unpacked any further.
LARGEST = 8 * 1024 * 1024
_CODES = (DiagnosisCode.BODY_COMPRESSED,)
#: (name, zlib's window bits): RFC 1952, RFC 1950, RFC 1951.
_FORMATS: Final = (("gzip", 31), ("zlib", 15), ("raw deflate", -15))
#: Byte 9 of a gzip header, RFC 1952: Unix, unknown (Go, Java since 16), FAT (Java before), NTFS,
#: and macOS as zlib writes it there.
_SYSTEMS: Final = (3, 255, 0, 10, 19)
#: Level and byte 8 of a gzip header; Java and Node leave that byte 0 at every level.
_LEVELS: Final = ((6, (0,)), (9, (2, 0)), (1, (4, 0)))


def decompressed(body: bytes) -> Iterator[Message]:
    """What is inside a compressed body: signed before compression, which nobody undid."""
    for name, window in _FORMATS:
        content = _inflated(body, window)
        if content is not None:
            yield Message(content, f"the body decompressed from {name}", _CODES)


def compressed(body: bytes) -> Iterator[Message]:
    """The body as zlib compresses it: signed after a compression that was undone on the way."""
    for level, flags in _LEVELS:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        deflated = packer.compress(body) + packer.flush()
        trailer = zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(8, "little")[:4]
        for flag in flags:
            for system in _SYSTEMS:
                header = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, flag, system))
                yield Message(header + deflated + trailer, "the body compressed with gzip", _CODES)
        packed = zlib.compress(body, level)
        yield Message(packed, "the body compressed with zlib", _CODES)
        yield Message(deflated, "the body compressed with raw deflate", _CODES)


def _inflated(body: bytes, window: int) -> bytes | None:
    """The whole of a compressed body, or None when it is not one, is cut off or grows too large."""
    unpacker = zlib.decompressobj(window)
    try:
        content = unpacker.decompress(body, LARGEST)
    except zlib.error:
        return None
    return content if unpacker.eof else None
