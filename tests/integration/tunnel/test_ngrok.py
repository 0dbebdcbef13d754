from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import ProviderName, TunnelSettings, TunnelState, webhook_url
from tests.stand_ins.tunnel_house import TOKEN, House, Upstream, Watch, post

if TYPE_CHECKING:
    from collections.abc import Callable

    Begin = Callable[..., Watch]

ONLINE = TunnelState.ONLINE


def endpoints(api: str | None, kind: str = "endpoints") -> list[dict[str, Any]]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{api}/api/{kind}", timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)[kind]
        return found


def test_a_request_to_the_public_url_arrives_byte_for_byte(
    house: House, watch: Begin, upstream: Upstream
) -> None:
    online = watch(house.ngrok()).wait_for(ONLINE)
    body = os.urandom(200_000)

    assert post(webhook_url(online) or "", body) == (200, b"ok")
    assert upstream.got == [("/api/webhooks/propexo", body)]


def test_the_states_come_in_order_and_with_their_times(house: House, watch: Begin) -> None:
    one = watch(house.ngrok())
    one.wait_for(ONLINE)

    assert one.states == [TunnelState.PREPARING, TunnelState.STARTING, ONLINE]
    assert one.codes == []
    assert [status.since for status in one.said] == sorted(status.since for status in one.said)
    assert {status.provider for status in one.said} == {ProviderName.NGROK}
    one.tunnel.stop(timeout=30)
    assert one.states[-1] is TunnelState.OFF
    assert one.tunnel.status.public_url is None


def test_the_token_is_in_no_command_line_log_status_or_file(
    house: House, watch: Begin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.plan(token=TOKEN, scenario="noisy")
    settings = house.ngrok()
    one = watch(settings)
    one.wait_for(ONLINE)

    lines = house.processes.command_lines()
    assert any("start --none" in line for line in lines)
    post(f"{one.tunnel.status.inspector_url}/stand-in/drop")
    one.wait_for(TunnelState.RECONNECTING)
    seen = [*lines, *map(repr, one.said), repr(settings), caplog.text]
    kept = [path.read_text() for path in house.state_dir.iterdir() if path.is_file()]
    assert any("noise of the agent with its token (hidden)" in text for text in kept)
    assert not [text for text in seen + kept if TOKEN[:12] in text]


def test_the_agent_does_not_get_the_secrets_of_the_webhooks(house: House, watch: Begin) -> None:
    house.environ["PROPEXO_WEBHOOK_SECRET"] = "not-for-ngrok"
    watch(house.ngrok()).wait_for(ONLINE)

    (agent,) = house.processes.pids("start --none")
    environ = Path(f"/proc/{agent}/environ").read_bytes()
    assert TOKEN.encode() in environ
    assert b"not-for-ngrok" not in environ


def test_what_is_written_is_for_the_owner_only(house: House, watch: Begin) -> None:
    watch(house.ngrok()).wait_for(ONLINE)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in house.state_dir.iterdir()}
    assert stat.S_IMODE(house.state_dir.stat().st_mode) == 0o700
    assert modes.pop("ngrok.yml") & 0o022 == 0
    assert set(modes.values()) == {0o600}


def test_a_proxy_of_the_machine_does_not_hold_the_local_api_up(house: House, watch: Begin) -> None:
    house.environ |= {"http_proxy": "http://127.0.0.1:9", "no_proxy": "intranet.example"}
    watch(house.ngrok()).wait_for(ONLINE)

    (agent,) = house.processes.pids("start --none")
    environ = Path(f"/proc/{agent}/environ").read_bytes()
    assert b"no_proxy=intranet.example,127.0.0.1,localhost" in environ


@pytest.mark.parametrize(
    ("version", "kind", "asked"),
    [
        ("3.30.0", "endpoints", ("url", "https://fixed.example")),
        ("3.29.2", "tunnels", ("domain", "fixed.example")),
        ("2.3.41", "tunnels", ("hostname", "fixed.example")),
    ],
)
def test_each_agent_is_spoken_to_in_its_own_api(
    house: House, watch: Begin, version: str, kind: str, asked: tuple[str, str]
) -> None:
    house.plan(version=version)
    online = watch(house.ngrok(domain="https://Fixed.example/")).wait_for(ONLINE)

    assert online.public_url == "https://fixed.example"
    assert webhook_url(online) == "https://fixed.example/api/webhooks/propexo"
    (made,) = endpoints(online.inspector_url, kind)
    assert asked in made["asked"].items()


def test_the_agent_is_told_an_address_that_is_never_ipv6(
    house: House, watch: Begin, upstream: Upstream
) -> None:
    online = watch(house.ngrok()).wait_for(ONLINE)

    (made,) = endpoints(online.inspector_url)
    assert made["asked"]["upstream"] == {"url": f"http://127.0.0.1:{upstream.port}"}
    assert "pooling_enabled" not in made["asked"]


def test_the_users_configuration_gives_the_token_and_is_not_touched(
    house: House, watch: Begin
) -> None:
    config = house.home / ".config" / "ngrok" / "ngrok.yml"
    config.parent.mkdir(parents=True)
    config.write_text(f"version: 3\nagent:\n  authtoken: {TOKEN}\n")
    house.plan(token=TOKEN)
    before = config.stat().st_mtime_ns
    watch(house.ngrok(auth_token=None)).wait_for(ONLINE)

    assert not house.processes.pids("--config")
    assert config.stat().st_mtime_ns == before


def test_without_a_configuration_none_is_written_into_the_users_home(
    house: House, watch: Begin
) -> None:
    watch(house.ngrok()).wait_for(ONLINE)

    assert list(house.home.rglob("*")) == []


def test_a_definition_in_the_configuration_does_not_creep_in(house: House, watch: Begin) -> None:
    config = house.home / ".config" / "ngrok" / "ngrok.yml"
    config.parent.mkdir(parents=True)
    config.write_text(
        "version: 3\nendpoints:\n  - name: pyngrok-default\n    url: https://elsewhere.example\n"
    )
    online = watch(house.ngrok()).wait_for(ONLINE)

    assert online.public_url != "https://elsewhere.example"


def test_the_script_that_comes_with_pyngrok_is_not_taken_for_an_agent(
    house: House, watch: Begin
) -> None:
    script = Path(sys.executable).with_name("ngrok")
    if not script.exists():
        pytest.skip("pyngrok's script is not installed beside this Python")
    folder = house.root / "venv"
    folder.mkdir()
    shutil.copy(script, folder / "ngrok")
    genuine = house.agent(house.root / "usr" / "ngrok")
    house.environ["PATH"] = f"{folder}:{genuine.parent}:{os.environ['PATH']}"
    settings = TunnelSettings(house.state_dir, ProviderName.NGROK, auth_token=TOKEN)
    watch(settings).wait_for(ONLINE)

    assert house.processes.pids(str(genuine))
    assert not house.processes.pids(str(folder))


@pytest.mark.slow
def test_two_tunnels_do_not_share_an_agent(house: House, watch: Begin) -> None:
    first = watch(house.ngrok()).wait_for(ONLINE)
    second = watch(house.ngrok(auth_token=TOKEN[::-1])).wait_for(ONLINE)

    assert first.inspector_url != second.inspector_url
    assert len(house.processes.pids("start --none")) == 2


def test_the_second_at_one_domain_is_told_so_in_plain_words(house: House, watch: Begin) -> None:
    shared = house.root / "shared"
    shared.mkdir()
    house.plan(shared=str(shared))
    settings = house.ngrok(domain="mine.example")
    first = watch(settings)
    first.wait_for(ONLINE)
    second = watch(settings)
    problem = second.wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == "ERR_NGROK_334"
    assert "second meterbase-tui" in problem.sentence
    assert problem.link == "https://ngrok.com/docs/errors/err_ngrok_334"
    assert first.tunnel.status.state is ONLINE
    first.tunnel.stop()
    second.tunnel.restart()
    assert second.wait_for(ONLINE).public_url == "https://mine.example"
