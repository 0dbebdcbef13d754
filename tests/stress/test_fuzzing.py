"""Any bytes, to each part that strangers' bytes reach: a short while always, longer when asked."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from receiver.judging.signing import sign
from store.reading.deliveries import list_deliveries, read_content
from store.records import Verdict
from tests.conftest import SECRET
from tests.stress.samples import INPUTS, requests
from tests.stress.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Bench, Reply

_ANSWERS = {200, 400, 401, 404, 405, 408, 413, 415}
_PATIENCE_S = 0.2
_CALM = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def fuzz(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=_CALM)
    @given(INPUTS[name])
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_a_short_while(name: str) -> None:
    fuzz(name, 100)


@pytest.mark.stress
@pytest.mark.parametrize("name", TARGETS)
def test_a_long_while(name: str) -> None:
    fuzz(name, 10_000)


def send_any(bench: Bench, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=_CALM)
    @given(requests)
    def run(raw: bytes) -> None:
        before = max((row.id for row in bench.read(list_deliveries, limit=1)), default=0)
        replies = list(answers(bench, raw))
        require(bench, before, [reply.status for reply in replies if reply.status != 100])

    run()
    ping = b'{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","data":{"last":true}}'
    assert bench.post(ping).status == 200


def answers(bench: Bench, raw: bytes) -> Iterator[Reply]:
    """What comes back, until the connection is closed or nothing comes of half a request."""
    with bench.dial(_PATIENCE_S) as wire:
        wire.send(raw)
        with suppress(TimeoutError):
            while reply := wire.receive():
                yield reply


def require(bench: Bench, before: int, statuses: list[int]) -> None:
    """Each answer has its row; what is accepted was signed, byte for byte."""
    assert set(statuses) <= _ANSWERS
    rows = [row for row in bench.read(list_deliveries, limit=20) if row.id > before]
    stored = [row.status for row in rows]
    assert all(stored.count(status) >= statuses.count(status) for status in statuses)
    for row in rows:
        if row.verdict is Verdict.VALID:
            content = bench.read(read_content, row.id)
            assert content is not None
            assert content.body_sha256 == hashlib.sha256(content.body).digest()
            values = [v for name, v in content.headers if name.lower() == b"x-propexo-signature"]
            assert values == [sign(SECRET, content.body).encode("ascii")]
        else:
            assert row.status != 200


def test_any_request_a_short_while(bench: Bench) -> None:
    send_any(bench, 80)


@pytest.mark.stress
def test_any_request_a_long_while(bench: Bench) -> None:
    send_any(bench, 5_000)
