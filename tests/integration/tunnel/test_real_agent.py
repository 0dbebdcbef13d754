"""ngrok's own agent, if the variable METERBASE_TEST_NGROK says where one is.

An agent of version 2 (the npm package `@expo/ngrok-bin-linux-x64` has one) is led to an edge on
this machine. Any other needs ngrok's service, and so a token in METERBASE_TEST_NGROK_TOKEN.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from receiver.tunnel import Pace, ProviderName, TunnelSettings, TunnelState, webhook_url
from tests.stand_ins.ngrok_edge import Edge
from tests.stand_ins.tunnel_house import TOKEN, House, Upstream, Watch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Begin = Callable[..., Watch]

AGENT = os.environ.get("METERBASE_TEST_NGROK", "")
CLOUD_TOKEN = os.environ.get("METERBASE_TEST_NGROK_TOKEN", "")
if not AGENT:
    pytest.skip("METERBASE_TEST_NGROK names no agent", allow_module_level=True)
SAID = subprocess.run([AGENT, "--version"], capture_output=True, text=True, check=True).stdout
PATIENT = Pace(start=8, retries=(60,))
needs_version_2 = pytest.mark.skipif("version 2." not in SAID, reason="the edge speaks to 2.x only")


@pytest.fixture
def edge(house: House, tmp_path: Path) -> Iterator[Edge]:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    service = Edge(tmp_path, TOKEN)
    yield service
    service.close()


def lead(house: House, edge: Edge, token: str = TOKEN) -> TunnelSettings:
    """Settings that lead the agent to the edge; 2.x takes its token from the file only."""
    config = house.home / ".ngrok2" / "ngrok.yml"
    config.parent.mkdir(exist_ok=True)
    where = f"server_addr: localhost:{edge.port}\nroot_cas: {edge.certificate}\n"
    config.write_text(f"{where}authtoken: {token}\nupdate: false\n")
    return TunnelSettings(house.state_dir, ProviderName.NGROK, Path(AGENT))


def post(url: str, body: bytes, edge: Edge) -> int:
    context = ssl.create_default_context(cafile=str(edge.certificate))
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    request = urllib.request.Request(url, data=body, method="POST")
    with opener.open(request, timeout=10) as answer:
        status: int = answer.status
        return status


@needs_version_2
def test_a_request_passes_the_real_agent_and_a_break_is_seen_and_recovered(
    house: House, watch: Begin, upstream: Upstream, edge: Edge
) -> None:
    one = watch(lead(house, edge), pace=PATIENT)
    online = one.wait_for(TunnelState.ONLINE)
    url, body = webhook_url(online) or "", os.urandom(300_000)
    assert url == f"https://localhost:{edge.public_port}/api/webhooks/propexo"
    assert post(url, body, edge) == 200
    assert upstream.got == [("/api/webhooks/propexo", body)]

    edge.leave()
    lost = one.wait_for(TunnelState.RECONNECTING)
    assert lost.public_url == online.public_url
    edge.come_back()
    one.wait_for(TunnelState.ONLINE, 40)
    assert post(url, b"again", edge) == 200


@needs_version_2
def test_a_wrong_token_is_named_and_not_shown(house: House, watch: Begin, edge: Edge) -> None:
    wrong = TOKEN[::-1]
    one = watch(lead(house, edge, wrong), pace=PATIENT)
    problem = one.wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == "ERR_NGROK_105"
    kept = (house.state_dir / "ngrok-agent.log").read_text()
    assert "ERR_NGROK_105" in kept
    assert wrong[:12] not in kept + repr(one.said)


@needs_version_2
def test_a_second_agent_is_told_that_the_first_is_online(
    house: House, watch: Begin, edge: Edge
) -> None:
    settings = lead(house, edge)
    watch(settings, pace=PATIENT).wait_for(TunnelState.ONLINE)
    problem = watch(settings, pace=PATIENT).wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == "ERR_NGROK_334"


@needs_version_2
def test_an_agent_without_a_service_is_the_network_and_stops_in_time(
    house: House, watch: Begin, edge: Edge
) -> None:
    settings = lead(house, edge)
    edge.leave()
    one = watch(settings, pace=Pace(start=3, retries=(60,)))
    problem = one.wait_for(TunnelState.FAILED).problem
    assert problem is not None
    assert problem.code == "no_network"

    one.tunnel.restart()
    wait_until(lambda: bool(house.processes.pids("start --none")))
    before = time.monotonic()
    one.tunnel.stop()
    assert time.monotonic() - before < 2
    wait_until(lambda: not house.processes.pids())


@pytest.mark.skipif(not CLOUD_TOKEN, reason="METERBASE_TEST_NGROK_TOKEN is not set")
def test_a_request_passes_ngroks_service(house: House, watch: Begin, upstream: Upstream) -> None:
    settings = house.ngrok(ngrok_path=Path(AGENT), auth_token=CLOUD_TOKEN)
    online = watch(settings, pace=Pace()).wait_for(TunnelState.ONLINE, 40)
    body = os.urandom(50_000)
    request = urllib.request.Request(webhook_url(online) or "", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200

    assert upstream.got == [("/api/webhooks/propexo", body)]
