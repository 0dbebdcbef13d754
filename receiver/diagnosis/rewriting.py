"""The body parsed and written again: what real stacks would have signed for the same content.

We hold what arrived, not what was signed, so the content that arrived is written in every way that
a sender may have written it. What a rewriting loses (1250.50 read as a double, the order of keys
in a map) is put back where there are few enough ways to do so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Final

from receiver.diagnosis import layouts, orders, stacks
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Message
from receiver.diagnosis.renumbering import renumberings
from receiver.diagnosis.tokens import (
    Object,
    UnstructuredError,
    decoded,
    flattened,
    ordered,
    structure,
    tokenized,
    without_space,
)
from receiver.diagnosis.writings import writings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from receiver.diagnosis.layouts import Layout
    from receiver.diagnosis.orders import Order
    from receiver.diagnosis.tokens import Tokens
    from receiver.diagnosis.writings import Writing

_CODES = (DiagnosisCode.BODY_RESERIALIZED,)
_AGAIN = "the body written again"
#: Texts beyond the likely ones; a bound for bodies full of escapes.
_MOST_UNLIKELY = 200
_RENUMBERED_ORDERS: Final = (orders.RECEIVED, orders.DOCUMENTED)
_RENUMBERED_WRITINGS: Final = 3
_LIKELIEST: Final = (
    layouts.SPACED,
    layouts.COMPACT,
    layouts.INDENT_2,
    layouts.INDENT_4,
)


def set_out(body: bytes, layouts: Iterable[Layout]) -> Iterator[Message]:
    """The tokens of a JSON body set out in these ways; nothing for other bodies."""
    tokens = tokenized(body)
    if tokens is None:
        return
    dense = without_space(tokens)
    for layout in layouts:
        yield from _message(layout.write(dense), layout, orders.RECEIVED, "")


def respelt(body: bytes) -> Iterator[Message]:
    """A JSON body as the writers of other stacks write it, its keys in the order received."""
    tokens = tokenized(body)
    if tokens is None:
        return
    dense = without_space(tokens)
    arrangements = {orders.RECEIVED: _Arrangement(orders.RECEIVED, dense)}
    writings = writings_of(dense)
    for writing in writings:
        yield from _written(writing, islice(writing.forms, 1), arrangements)
    for writing in writings:
        yield Message(
            _encoded("".join(writing.respell(tokens))), f"{_AGAIN}: {writing.phrase}", _CODES
        )
        yield from _written(writing, writing.forms, arrangements)


def reordered(body: bytes) -> Iterator[Message]:
    """A JSON body as the writers of other stacks write it, its keys in another order.

    And, as that takes the same effort, its member `data` alone, and the forms of stacks that they
    are not known for.
    """
    tokens = tokenized(body)
    if tokens is None:
        return
    dense = without_space(tokens)
    writings = writings_of(dense)
    arrangements = _arrangements(dense)
    for writing in writings:
        yield from _written(writing, writing.forms, arrangements)
    yield from _of_member(dense, "data")
    unlikely = (_written(writing, _other_forms(writing), arrangements) for writing in writings)
    yield from islice(chain.from_iterable(unlikely), _MOST_UNLIKELY)


def renumbered(body: bytes) -> Iterator[Message]:
    """A JSON body with whole numbers that have ``.0`` where it has none, or the other way round."""
    tokens = tokenized(body)
    if tokens is None:
        return
    dense = without_space(tokens)
    arrangements = _arrangements(dense)
    chosen = {arrangements[order] for order in _RENUMBERED_ORDERS if order in arrangements}
    for writing in writings_of(dense)[:_RENUMBERED_WRITINGS]:
        for arrangement in chosen:
            yield from _with_numbers(arrangement, writing)


def replaced(body: bytes) -> Iterator[Message]:
    """The likeliest rewritings by mere replacement: quick, and it keeps all else as it is."""
    for content, difference in _replaced(body):
        if content != body:
            yield from _ended(content, f"{_AGAIN}: {difference}")


def _replaced(body: bytes) -> Iterator[tuple[bytes, str]]:
    compact = body.replace(b'": ', b'":').replace(b', "', b',"').replace(b"}, {", b"},{")
    yield compact, _example(layouts.COMPACT)
    spaced = compact.replace(b'":', b'": ').replace(b',"', b', "').replace(b"},{", b"}, {")
    yield spaced, _example(layouts.SPACED)
    yield body.replace(b"/", b"\\/"), "slashes escaped, as json_encode of PHP does"
    yield body.replace(b"\\/", b"/"), "slashes not escaped"
    escaped = compact.replace(b"&", b"\\u0026").replace(b"<", b"\\u003c")
    difference = "compact, <, > and & escaped, as encoding/json of Go writes them"
    yield escaped.replace(b">", b"\\u003e"), difference


def as_python(body: bytes) -> Iterator[Message]:
    """Python's text of the parsed body, which str() gives in place of JSON."""
    try:
        text = str(json.loads(body))
        yield Message(text.encode(), "Python's str() of the parsed body", _CODES)
    except (ValueError, RecursionError):
        return


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """A text in some order of its keys, named by the first order that gives it."""

    order: Order
    tokens: Tokens


def _arrangements(tokens: Tokens) -> dict[Order, _Arrangement]:
    """A text in every order of its keys; orders that agree on it share an arrangement."""
    received = _Arrangement(orders.RECEIVED, tokens)
    found = {orders.RECEIVED: received}
    distinct = {tokens: received}
    try:
        root = structure(tokens)
    except UnstructuredError:
        return found
    for order in orders.ALL:
        if order.rank:
            arranged = flattened(ordered(root, order.rank))
            found[order] = distinct.setdefault(arranged, _Arrangement(order, arranged))
    return found


def _other_forms(writing: Writing) -> Iterator[tuple[Order, Layout]]:
    for form in product(orders.ALL, stacks.LAYOUTS):
        if form not in writing.forms:
            yield form


def _written(
    writing: Writing,
    forms: Iterable[tuple[Order, Layout]],
    arrangements: Mapping[Order, _Arrangement],
) -> Iterator[Message]:
    """A spelling in these orders and layouts, each text once."""
    chosen = {
        (arrangements[order].order, layout): arrangements[order].tokens
        for order, layout in forms
        if order in arrangements
    }
    respelt: dict[Order, Tokens] = {}
    for (order, layout), tokens in chosen.items():
        if order not in respelt:
            respelt[order] = writing.respell(tokens)
        yield from _message(layout.write(respelt[order]), layout, order, writing.phrase)


def _message(
    text: str, layout: Layout, order: Order, spelling: str, numbers: str = ""
) -> Iterator[Message]:
    parts = [layout.phrase if spelling else _example(layout), order.phrase, numbers, spelling]
    messages = _ended(_encoded(text), f"{_AGAIN}: {', '.join(filter(None, parts))}")
    yield from messages if layout.often_ended or not spelling else islice(messages, 1)


def _encoded(text: str) -> bytes:
    """UTF-8; lone surrogates, which no stack writes raw, become question marks."""
    return text.encode("utf-8", "replace")


def _example(layout: Layout) -> str:
    return ", ".join(filter(None, (layout.phrase, layout.example)))


def _ended(content: bytes, phrase: str) -> Iterator[Message]:
    """A text without and with a line end after it, which several writers add."""
    yield Message(content, phrase, _CODES)
    yield Message(content + b"\n", f"{phrase}, a line end after it", _CODES)


def _with_numbers(arrangement: _Arrangement, writing: Writing) -> Iterator[Message]:
    """Every likely set of numbers changed, in the likeliest layouts."""
    for changed in renumberings(arrangement.tokens):
        respelt = writing.respell(changed)
        for layout in _LIKELIEST:
            text = layout.write(respelt)
            what = "some numbers with or without .0"
            yield from _message(text, layout, arrangement.order, writing.phrase, what)


def _of_member(tokens: Tokens, name: str) -> Iterator[Message]:
    """One member of the body in place of the whole."""
    try:
        root = structure(tokens)
    except UnstructuredError:
        return
    for key, value in root.members if isinstance(root, Object) else ():
        if decoded(key) == name:
            for layout in _LIKELIEST:
                phrase = f"the member {name} alone: {layout.phrase}"
                content = _encoded(layout.write(flattened(value)))
                yield Message(content, phrase, _CODES, is_body=False)
