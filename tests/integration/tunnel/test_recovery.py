"""Webhooks that reached the tunnel while the receiver was down are brought into the log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from reference_pages.json_fields import DOCUMENTS

from receiver.judging.signing import SIGNATURE_HEADER, sign
from receiver.tunnel import ProviderName, TunnelState
from store.reading.deliveries import read_content
from store.records import Origin, Verdict
from tests.conftest import PATH, SECRET, wait_until
from tests.stand_ins.lone_agent import LoneAgent
from tests.stand_ins.ports import find_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.conftest import Bench
    from tests.stand_ins.tunnel_house import House

    Open = Callable[..., AbstractContextManager[Bench]]

UNIT = {"id": "unit_xyz789", "property_id": "prop_001", "unit_number": "305"}


def body(hour: int, **data: Any) -> bytes:
    fields = {"event": "data.update", "timestamp": f"2026-03-25T{hour}:00:00Z"}
    of = {"connection_id": "conn_abc123", "resource_type": "unit", "data": UNIT | data}
    # Not as any program of ours writes it: the bytes have to stay as they are.
    return json.dumps(fields | of, indent=3).encode() + b"\r\n"


def post(url: str, content: bytes, signature: str | None = None) -> int:
    headers = {SIGNATURE_HEADER: signature or sign(SECRET, content), "X-Odd": "[b]1;2"}
    request = urllib.request.Request(url + PATH, content, headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def port() -> int:
    return find_port()


@pytest.fixture
def agent(house: House, port: int) -> Iterator[LoneAgent]:
    lone = LoneAgent(house, port)
    yield lone
    lone.close()


def run(bench: Bench, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "meterbase_tui", "tunnel", *arguments]
    environ = os.environ | {"PROPEXO_WEBHOOK_SECRET": SECRET.decode()}
    return subprocess.run(
        [*command, "--db", str(bench.settings.db)],
        capture_output=True,
        text=True,
        timeout=120,
        env=environ,
        check=False,
    )


def test_what_came_while_the_receiver_was_down_is_recovered_to_the_byte(
    agent: LoneAgent, port: int, open_bench: Open
) -> None:
    bodies = [body(10, sqft=900), body(11, sqft=910), body(12, sqft=920)]
    for content in bodies:
        assert post(agent.public_url, content) == 502
    # Propexo tries again: one event, and one more line of the agent.
    assert post(agent.public_url, bodies[0]) == 502
    assert post(agent.public_url, b"forged", "sha256=" + "0" * 64) == 502
    by_hand = {"tunnel": ProviderName.URL, "public_url": agent.public_url, "port": port}
    with open_bench(**by_hand) as bench:
        wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
        assert post(agent.public_url, body(13, sqft=930)) == 200

        done = run(bench, "recover", "--inspector", agent.api, "--json")
        assert (done.returncode, done.stderr) == (3, "")
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [each["status"] for each in told] == [200, 200, 200, 401]
        assert set(told[0]) == set(DOCUMENTS["tunnel recover"]["fields"])
        bench.settle()
        recovered = bench.deliveries()[1:]
        assert [each.verdict for each in recovered] == [Verdict.VALID] * 3 + [Verdict.INVALID]
        assert {each.origin for each in recovered} == {Origin.NETWORK}
        contents = [bench.read(read_content, each.id) for each in recovered[:3]]
        assert [content and content.body for content in contents] == bodies
        assert all(content and (b"X-Odd", b"[b]1;2") in content.headers for content in contents)

        again = run(bench, "recover", "--inspector", agent.api)
        assert again.returncode == 0
        assert "Nothing is missing" in again.stdout
        assert len(bench.deliveries()) == 5


def test_an_agent_that_is_not_there(open_bench: Open) -> None:
    with open_bench() as bench:
        unknown = run(bench, "recover")
        assert (unknown.returncode, unknown.stdout) == (3, "")
        assert "Name its local API with --inspector" in unknown.stderr
        silent = run(bench, "recover", "--inspector", "http://127.0.0.1:9")
        assert silent.returncode == 5
        assert "No ngrok agent answers at http://127.0.0.1:9." in silent.stderr
        abroad = run(bench, "recover", "--inspector", "http://ngrok.example:4040")
        assert abroad.returncode == 5
        assert "not the address of an agent on this machine" in abroad.stderr
