"""Digests that senders make by mistake: another algorithm of the same length, or no HMAC at all."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from receiver.diagnosis.algorithms import SIBLINGS, label, usable

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Alternative:
    """A digest made otherwise than by HMAC with the algorithm that its length stands for."""

    digest: bytes = field(repr=False)
    algorithm: str
    recipe: str
    """A noun phrase for a sentence."""
    keyed: bool = True
    """Whether the secret took part; if not, anyone can make the digest."""


def alternatives(algorithm: str, secret: bytes, body: bytes) -> Iterator[Alternative]:
    """What else may have made a digest of an algorithm's length from this secret and body."""
    name = label(algorithm)
    for content, how in (
        (secret + body, "the secret followed by the body"),
        (body + secret, "the body followed by the secret"),
    ):
        digest = hashlib.new(algorithm, content).digest()
        yield Alternative(digest, algorithm, f"the plain {name} of {how}, not an HMAC")
    swapped = hmac.digest(body, secret, algorithm)
    yield Alternative(swapped, algorithm, f"HMAC-{name} with the secret and the body swapped")
    for sibling in SIBLINGS.get(algorithm, ()):
        if usable(sibling):
            recipe = f"HMAC-{label(sibling)} of the body under the secret"
            yield Alternative(hmac.digest(secret, body, sibling), sibling, recipe)
    plain = hashlib.new(algorithm, body).digest()
    recipe = f"the plain {name} of the body without any secret, which anyone can make"
    yield Alternative(plain, algorithm, recipe, keyed=False)
