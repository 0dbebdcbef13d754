from __future__ import annotations

import pytest

from receiver.forwarding.target import ForwardTarget
from store.forwarding.forward_queue import Candidate

PATH = "/api/webhooks/propexo"


@pytest.mark.parametrize(
    ("url", "path", "address"),
    [
        ("http://127.0.0.1:3000", PATH, f"http://127.0.0.1:3000{PATH}"),
        ("http://127.0.0.1:3000/", PATH, f"http://127.0.0.1:3000{PATH}"),
        ("http://[::1]:3000/hook", PATH, "http://[::1]:3000/hook"),
        ("http://localhost/hook/", f"{PATH}?a=%2F", "http://localhost/hook/?a=%2F"),
        ("http://localhost/hook?k=1", f"{PATH}?a=b&c", "http://localhost/hook?k=1&a=b&c"),
        ("http://localhost?k=1", PATH, f"http://localhost{PATH}?k=1"),
    ],
)
def test_where_a_delivery_goes(url: str, path: str, address: str) -> None:
    assert ForwardTarget(url=url).address_for(path) == address


def test_what_it_wants() -> None:
    ping = Candidate("test.ping", None, None)
    unit = Candidate("data.new", "unit", "conn_a")
    everything = ForwardTarget(url="http://localhost")
    assert everything.wants(ping)
    assert everything.wants(unit)
    some = ForwardTarget(
        url="http://localhost",
        events=("data.new",),
        resource_types=("unit",),
        connections=("conn_a",),
    )
    assert some.wants(unit)
    assert not some.wants(ping)
    assert not some.wants(Candidate("data.update", "unit", "conn_a"))
    assert not some.wants(Candidate("data.new", "lease", "conn_a"))
    assert not some.wants(Candidate("data.new", "unit", "conn_b"))


def test_headers_are_not_in_its_repr() -> None:
    target = ForwardTarget(url="http://localhost", headers=(("Authorization", "Bearer s3cret"),))
    assert "s3cret" not in repr(target)
