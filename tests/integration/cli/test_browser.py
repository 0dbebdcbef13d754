"""`view --browser`: who is let in, what is drawn, and what a real browser makes of it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.stand_ins.chromium import PROGRAM, open_page
from tests.stand_ins.ports import find_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Cli = Any


@contextmanager
def serving(cli: Cli, store: Path) -> Iterator[str]:
    """The address of a store's screen, with its key."""
    port = find_port()
    given = ("view", "--browser", "--browser-port", port, "--db", store)
    with cli.started(*given, METERBASE_PORT="8", TERM="") as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.terminate()
        assert process.wait(60) == 0


async def test_only_its_own_page_with_the_key_is_let_in(cli: Cli, store: Path) -> None:
    with serving(cli, store) as address:
        base = address.partition("?")[0]
        assert base.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as stranger:
            for url, headers in (
                (base, {}),
                (f"{base}?key=guessed", {}),
                (f"{base}ws", {}),
                (f"{base}static/css/xterm.css", {}),
                (address, {"Host": "rebound.example"}),
                (address, {"Origin": "http://evil.example"}),
            ):
                async with stranger.get(url, headers=headers, allow_redirects=False) as answer:
                    assert answer.status == 403, url
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as guest:
            async with guest.get(address) as answer:
                assert answer.status == 200
                assert str(answer.url) == base
                assert "font-src 'self'" in answer.headers["Content-Security-Policy"]
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await guest.ws_connect(f"{base}ws", origin="http://evil.example")
            assert refused.value.status == 403
            shown = b""
            async with guest.ws_connect(f"{base}ws?width=120&height=40") as screen:
                async with asyncio.timeout(60):
                    while b"data.update" not in shown or b"Signature failures" not in shown:
                        message = await screen.receive()
                        shown += message.data if isinstance(message.data, bytes) else b""


def test_a_port_in_use_is_told_and_no_address(cli: Cli, store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = cli("view", "--browser", "--browser-port", port, "--db", store)
    assert (ended.code, ended.out) == (6, "")
    assert f"The port {port} cannot be listened on" in ended.err


def test_without_the_extra_it_says_what_to_install(cli: Cli, store: Path) -> None:
    hidden = cli.cwd / "hidden"
    (hidden / "textual_serve").mkdir(parents=True)
    (hidden / "textual_serve" / "__init__.py").write_text(
        "raise ModuleNotFoundError(name='textual_serve')"
    )
    path = f"{hidden}:{cli.environ({})['PYTHONPATH']}"
    ended = cli("view", "--browser", "--db", store, PYTHONPATH=path)
    assert ended.code == 2
    assert "pip install 'meterbase-tui[browser]'" in ended.err


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium here")
async def test_a_real_browser_draws_it_and_asks_nobody_else(
    cli: Cli, store: Path, tmp_path: Path
) -> None:
    with serving(cli, store) as address:
        async with open_page(tmp_path / "profile") as page:
            await page.call("Page.navigate", url=address)
            await page.wait_for("document.body.classList.contains('-first-byte')")
            await page.wait_for("document.querySelectorAll('canvas, .xterm-rows').length > 0")
            # Somebody turns to it.
            for kind in ("mousePressed", "mouseReleased"):
                await page.call(
                    "Input.dispatchMouseEvent", type=kind, x=400, y=250, button="left", clickCount=1
                )
            # Until the checks have come, and nothing more is drawn.
            before, picture = b"", await page.picture()
            async with asyncio.timeout(60):
                while picture != before or len(picture) < 30_000:
                    await asyncio.sleep(1)
                    before, picture = picture, await page.picture()
            (tmp_path / "screen.png").write_bytes(picture)
            base = address.partition("?")[0]
            asked = [url for url in page.requests if not url.startswith((base, "data:"))]
            refused = "https://fonts.googleapis.com/"
            assert [url for url in asked if not url.startswith(refused)] == []
            fonts = "Array.from(document.fonts).some(f => f.family.includes('Roboto'))"
            assert not await page.evaluate(fonts)
