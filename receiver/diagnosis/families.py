"""The families of what may have been signed, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from receiver.diagnosis import bodies, compression, rewriting, stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from receiver.diagnosis.hypotheses import Message


@dataclass(frozen=True, slots=True)
class Family:
    """Messages of one kind, with what making them is expected to cost."""

    name: str
    messages: Callable[[], Iterator[Message]]
    size: int
    """The length in bytes of what the messages are made from."""
    first: float = 1e-9
    """Seconds a byte until the first message is there."""
    each: float = 1e-9
    """Seconds a byte for each that follows."""
    paired: bool = True
    """Whether the messages are tried under other spellings of the secret too."""


def first_families(body: bytes) -> Iterator[Family]:
    """What is likely, and quick for a large body too."""
    messages = partial(rewriting.replaced, body)
    yield Family("JSON made compact or spaced", messages, len(body), first=5e-9, each=5e-9)


def families(body: bytes) -> Iterator[Family]:
    """All others for a body that arrived, the likeliest first."""
    size = len(body)
    make = partial(Family, size=size)
    yield make("line ends", partial(bodies.line_endings, body), first=8e-9)
    yield make("white space", partial(bodies.spacing, body))
    yield make("line ends and white space", partial(bodies.line_endings_lost, body), first=8e-9)
    yield make("character encodings", partial(bodies.characters, body), first=2e-9, each=4e-9)
    yield make(
        "JSON on one line",
        partial(rewriting.set_out, body, stacks.ON_ONE_LINE),
        first=9e-8,
        each=3e-8,
    )
    yield make(
        "JSON indented", partial(rewriting.set_out, body, stacks.INDENTED), first=2e-7, each=1.5e-7
    )
    yield make(
        "compression left in place", partial(compression.decompressed, body), first=1e-8, each=1e-8
    )
    yield make(
        "JSON of other writers",
        partial(rewriting.respelt, body),
        first=1.2e-7,
        each=8e-8,
    )
    yield make(
        "JSON keys in another order", partial(rewriting.reordered, body), first=6e-7, each=8e-8
    )
    yield make("Base64, forms and escapes", partial(bodies.transport, body), first=5e-9, each=8e-8)
    yield make("compression undone", partial(compression.compressed, body), first=6e-8, each=2e-8)
    yield make("mistakes of signing code", partial(bodies.mistakes, body), each=2e-7)
    yield make("Python's str()", partial(rewriting.as_python, body), first=1e-7)
    yield make(
        "JSON with other numbers",
        partial(rewriting.renumbered, body),
        first=2e-7,
        each=1e-7,
        paired=False,
    )


def packed_families(body: bytes) -> Iterator[Family]:
    """Families of what is inside of a body that was packed for transport after another change."""
    if _looks_like_json(body):
        return
    for unpack in (compression.decompressed, bodies.unwrapped):
        for outer in unpack(body):
            if _looks_like_json(outer.content):
                yield from _inner(outer)


def _looks_like_json(body: bytes) -> bool:
    return body.lstrip().startswith((b"{", b"["))


def _inner(outer: Message) -> Iterator[Family]:
    content, size = outer.content, len(outer.content)
    for make, first, each in (
        (bodies.spacing, 1e-9, 1e-9),
        (partial(rewriting.set_out, layouts=stacks.LAYOUTS), 2e-7, 1.5e-7),
        (rewriting.respelt, 1.2e-7, 8e-8),
        (rewriting.reordered, 6e-7, 8e-8),
    ):
        messages = partial(_within, outer, partial(make, content))
        yield Family(f"inside of {outer.phrase}", messages, size, first, each, paired=False)


def _within(outer: Message, make: Callable[[], Iterator[Message]]) -> Iterator[Message]:
    for inner in make():
        phrase = inner.phrase.replace("the body", outer.phrase, 1)
        yield replace(inner, phrase=phrase, codes=(*outer.codes, *inner.codes))
