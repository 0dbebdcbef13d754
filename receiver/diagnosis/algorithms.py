"""The digest algorithms that webhook senders use, known by the length of what they make."""

from __future__ import annotations

import hmac
import re
from typing import Final

#: The algorithm that a digest's length in bytes stands for.
BY_SIZE: Final = {
    16: "md5",
    20: "sha1",
    28: "sha224",
    32: "sha256",
    48: "sha384",
    64: "sha512",
}
NAMES: Final = frozenset(BY_SIZE.values())
#: Others of the same length, tried over the body as received only.
SIBLINGS: Final = {
    "sha224": ("sha3_224",),
    "sha256": ("sha3_256", "blake2s", "sha512_256"),
    "sha384": ("sha3_384",),
    "sha512": ("sha3_512", "blake2b"),
}


def usable(algorithm: str) -> bool:
    """Whether this Python can compute it; one built for FIPS has no MD5."""
    try:
        hmac.new(b"key", digestmod=algorithm)
    except ValueError:
        return False
    return True


def label(algorithm: str) -> str:
    """The name of an algorithm as people write it, such as SHA-256 or SHA3-256."""
    if algorithm == "sha512_256":
        return "SHA-512/256"
    return re.sub(r"^SHA(?=\d{3,}$|1$)", "SHA-", algorithm.upper().replace("_", "-"))
