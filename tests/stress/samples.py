"""Events, and bytes that are nearly right: strategies that begin with what is valid."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from receiver.judging.signing import sign
from tests.conftest import PATH, SECRET
from tests.stress.house import KNOWN, LINKED, STRANGE, UNLINKED, write_body

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKENS = (
    b'{ } [ ] " : , \\ \\u d83d \\ude00 \\uffff \\ud800 \\u0000 0 1 9 - + . e E9 NaN Infinity null '
    b"true false nul \x00 \x1f \x7f \x80 \xff \xc3\xa9 \xef\xbb\xbf \xef\xbf\xbf \xed\xa0\x80 "
    b'"a" // /**/ \xf0\x9f\x98\x80 \xf0\x9f\xbf\xbf'
).split(b" ")
_HTTP = (
    b"\r\n \r\n\r\n \n \r POST GET HEAD HTTP/1.1 HTTP/1.0 Host: Content-Length: Transfer-Encoding: "
    b"chunked identity gzip, Expect: 100-continue Content-Encoding: Connection: close Upgrade: "
    b"X-Propexo-Signature: sha256= / ? # % %zz : ; , \x00 \x1b[2J \xff 0 5 ffffffffffffffffff"
).split(b" ")

unit_events = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["data.new", "data.update"]),
        "hour": st.integers(0, 9),
        "connection_id": st.sampled_from([KNOWN] * 6 + [STRANGE]),
        "property_id": st.sampled_from([LINKED] * 6 + [UNLINKED]),
        "unit": st.sampled_from(["u1", "u2", "u3"]),
        "status": st.sampled_from(["vacant", "occupied"]),
        "sqft": st.integers(900, 903),
    }
)
"""What an event about a unit says, for `write_body`."""
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_values = st.recursive(
    st.none() | st.booleans() | _texts | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=10,
)
_json = st.builds(
    lambda value, ascii_only, indent: json.dumps(
        value, ensure_ascii=ascii_only, indent=indent
    ).encode("utf-8"),
    _values,
    st.booleans(),
    st.sampled_from([None, 0, 1]),
)
_events: st.SearchStrategy[bytes] = st.builds(write_body, hour=st.integers(0, 23))


_MEMBER = re.compile(rb'"[^"]*":\s*[^,\[\]{}]+')


@st.composite
def _damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes], tokens: Sequence[bytes]) -> bytes:
    """Whole, or with some bytes of it missing, doubled, replaced, or with something between them.

    By a generator of its own: drawn one by one, most examples would be damaged at their beginning
    or not at all.
    """
    data = draw(whole)
    chance = random.Random(draw(st.integers(0, 1 << 32)))
    for _ in range(chance.randrange(4)):
        data = _damage(data, chance, tokens)
    return data


def _damage(data: bytes, chance: random.Random, tokens: Sequence[bytes]) -> bytes:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((0, 0, 1, 1, 2, 9)))
    way = chance.randrange(5)
    if way == 0 and (members := list(_MEMBER.finditer(data))):
        member = chance.choice(members)
        return data[: member.start()] + member[0] + b"," + data[member.start() :]
    put = (b"", data[start:end] * 2, chance.choice(tokens), chance.randbytes(2))[way - 1]
    return data[:start] + put + data[end:]


json_bodies = _damaged(_json, _TOKENS)
event_bodies = _damaged(_events, _TOKENS)


@st.composite
def _signed(draw: st.DrawFn) -> bytes:
    body = draw(_events)
    return sign(SECRET, body).encode("ascii") + b"\n" + body


signatures = _damaged(_signed(), [b"sha256=", b"\n", b"SHA256=", b"0", b" ", b"\t", b"\xe9"])
anything = st.binary(max_size=200) | st.sampled_from(_TOKENS)

INPUTS: dict[str, st.SearchStrategy[bytes]] = {
    "read_json": json_bodies | event_bodies,
    "check_signature": signatures,
    "read_envelope": event_bodies | json_bodies,
    "show": anything | json_bodies,
}


def _request(body: bytes, *, chunked: bool) -> bytes:
    # Closed after its answer, so that nobody has to wait for another one.
    lines = [f"POST {PATH} HTTP/1.1", "Host: x", "Connection: close"]
    lines.append(f"X-Propexo-Signature: {sign(SECRET, body)}")
    if chunked:
        head = "\r\n".join([*lines, "Transfer-Encoding: chunked"]).encode("ascii")
        return head + b"\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    return (
        "\r\n".join([*lines, f"Content-Length: {len(body)}"]).encode("ascii") + b"\r\n\r\n" + body
    )


requests = _damaged(
    st.builds(lambda body, chunked: _request(body, chunked=chunked), _events, st.booleans()), _HTTP
)
