"""Connecting Propexo: the address to paste, the steps beside it, and what the tunnel missed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from receiver.tunnel import ProviderName, TunnelState
from tests.conftest import wait_until
from tests.stand_ins.tunnel_house import TOKEN, House, post

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = "http://127.0.0.1:1"


async def test_the_steps_stand_beside_the_first_address_and_only_that(
    open_bench: Any, open_display_on: Any
) -> None:
    given = {"tunnel": ProviderName.URL, "public_url": PUBLIC}
    with open_bench(**given) as bench:
        async with open_display_on(bench, 80, 24) as display:
            await display.shows("Connect Propexo")
            await display.shows(f"{PUBLIC}/api/webhooks/propexo")
            await display.shows("1 In Propexo's dashboard open Settings > Webhooks")
            await display.press("u")
            await display.tells("Copied http")
            assert display.app.clipboard == f"{PUBLIC}/api/webhooks/propexo"
    with open_bench(**given) as bench:
        async with open_display_on(bench, 80, 24) as display:
            await display.shows("No webhook has arrived yet")
            wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
            await asyncio.sleep(0.3)
            assert "Connect Propexo" not in display.text
            await display.press("w")
            await display.shows("Connect Propexo")
            await display.press("escape")
            await display.shows("No webhook has arrived yet")


async def test_without_a_tunnel_it_says_that_the_address_is_local(open_display: Any) -> None:
    async with open_display() as display:
        await display.press("w")
        await display.shows("This address leads to this computer only")


async def test_what_the_tunnel_missed_is_recovered_by_one_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_bench: Any, open_display_on: Any
) -> None:
    house = House(tmp_path)
    for name, value in house.environ.items():
        monkeypatch.setenv(name, value)
    ngrok = {"ngrok_path": house.agent(), "ngrok_authtoken": TOKEN}
    with open_bench(tunnel=ProviderName.NGROK, **ngrok) as bench:
        wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
        site = next(iter(bench.service._runner.sites))
        bench.service.submit(site.stop()).result(30)
        with pytest.raises(OSError, match="502"):
            post(bench.runtime.public_url, json.dumps({"event": "test.ping"}).encode())
        bench.service.submit(_listen_again(bench)).result(30)
        async with open_display_on(bench) as display:
            await display.shows("Connect Propexo")
            await display.press("escape", "c")
            await display.shows("! tunnel", "1 request reached")
            await display.press("4", "enter")
            await display.shows("enter recover them into the log")
            await display.press("enter")
            await display.tells("1 refused, as the log says")
            await display.shows("✗ missing")
        assert [each.verdict for each in bench.deliveries() if each.event_id is None] == ["missing"]


async def _listen_again(bench: Any) -> None:
    await web.TCPSite(bench.service._runner, bench.host, bench.port).start()
