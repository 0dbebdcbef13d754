from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.headers import decode_headers, encode_headers
from store.reading.deliveries import read_content
from tests.stand_ins.arrivals import refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.database import Database
    from store.records import Headers

# What HTTP lets through: a name is visible ASCII without a colon, a value any byte but a line end.
_NAMES = st.binary(min_size=1, max_size=12).map(lambda raw: bytes(33 + byte % 94 for byte in raw))
_PAIRS = st.tuples(
    _NAMES.map(lambda name: name.replace(b":", b"-")),
    st.binary(max_size=30).map(lambda value: value.replace(b"\r\n", b"")),
)


@given(st.lists(_PAIRS, max_size=8).map(tuple))
def test_headers_come_back_as_they_came(headers: Headers) -> None:
    assert decode_headers(encode_headers(headers)) == headers


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"X-Empty", b""),),
        ((b"X", b"a: b: c"), (b"x", b" spaces kept \t"), (b"X", b"again")),
        ((b"X-Odd", b"\x00\x1b[2J\x7f\x80\xff\xc3\x28"),),
        ((b"X-Bare", b"cr\r"), (b"Y", b"\nlf"), (b"Z", b"")),
    ],
    ids=["none", "empty", "repeated", "odd bytes", "bare line ends"],
)
def test_the_store_keeps_headers_byte_for_byte(
    database: Database, connection: Connection, headers: Headers
) -> None:
    receipt = asyncio.run(database.append(refused(1, headers=headers), 5))

    content = read_content(connection, receipt.delivery_id)

    assert content is not None
    assert content.headers == headers
