"""What others make of an exported HAR: Chromium's own import, and mitmproxy's.

They are there or they are not, and take seconds: `pytest -m slow`, with mitmdump on the PATH.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.integration.cli.conftest import BODIES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.cli.conftest import Outcome

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MITMDUMP = shutil.which("mitmdump")
DEVTOOLS = "devtools://devtools/bundled/"
IMPORT = """
(async () => {
    const HAR = await import('%smodels/har/har.js');
    const root = new HAR.HARFormat.HARRoot(%s);
    const found = [];
    for (const request of HAR.Importer.Importer.requestsFromHARLog(root.log))
        found.push([request.requestMethod, request.statusCode, await request.requestFormData()]);
    return JSON.stringify(found);
})()
"""
PRINT_BODIES = """
import hashlib

def response(flow):
    print("SHA", hashlib.sha256(flow.request.raw_content).hexdigest(), flow.response.status_code)
"""


@pytest.fixture
def har(inside: Callable[..., Outcome], store: Path, tmp_path: Path) -> Path:
    path = tmp_path / "log.har"
    assert inside("export", "--db", store, "--format", "har", "--output", path).code == 0
    return path


def script(har: Path) -> str:
    """What has the developer tools import it."""
    return IMPORT % (DEVTOOLS, har.read_text())


class Browser:
    """A headless Chromium, driven by its debugging protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._last = 0

    async def call(self, method: str, session: str | None = None, **params: Any) -> Any:
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        while True:
            answer = await self._socket.receive_json(timeout=30)
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return answer["result"]

    async def evaluate(self, page: str, script: str) -> Any:
        """The value of a script on a page."""
        target = (await self.call("Target.createTarget", url=page))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        for _ in range(50):
            found = await self.call(
                "Runtime.evaluate",
                attached["sessionId"],
                expression=script,
                awaitPromise=True,
                returnByValue=True,
            )
            if "exceptionDetails" not in found:
                return found["result"]["value"]
            await asyncio.sleep(0.2)  # the page is still loading
        raise AssertionError(found)


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
async def test_chromiums_developer_tools_import_it(har: Path) -> None:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            CHROMIUM,
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
            f"--user-data-dir={profile}",
            "about:blank",
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stderr is not None
            async with asyncio.timeout(60):
                url = None
                while url is None:
                    line = (await process.stderr.readline()).decode()
                    url = re.search(r"ws://\S+", line)
                async with (
                    aiohttp.ClientSession() as session,
                    session.ws_connect(url[0], max_msg_size=0) as socket,
                ):
                    page = f"{DEVTOOLS}devtools_app.html"
                    found = json.loads(await Browser(socket).evaluate(page, script(har)))
        finally:
            process.terminate()
            await process.wait()
    assert [method for method, _, _ in found] == ["POST"] * len(BODIES)
    assert [status for _, status, _ in found] == [200 if signed else 401 for _, signed in BODIES]
    texts = [body.decode() if signed else None for body, signed in BODIES]
    # The one that is no UTF-8 has no form in a HAR: it stands there in base64.
    assert [text if want else None for (_, _, text), want in zip(found, texts, strict=True)] == (
        texts
    )


@pytest.mark.skipif(MITMDUMP is None, reason="there is no mitmdump on the PATH")
def test_mitmproxy_reads_it_byte_for_byte(har: Path, tmp_path: Path) -> None:
    assert MITMDUMP is not None
    script = tmp_path / "bodies.py"
    script.write_text(PRINT_BODIES)
    read = subprocess.run(
        [MITMDUMP, "-q", "-s", script, "-n", "-r", har],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = [line.split()[1:] for line in read.stdout.splitlines() if line.startswith("SHA")]
    assert len(found) == len(BODIES)
    for (checksum, status), (body, signed) in zip(found, BODIES, strict=True):
        assert status == ("200" if signed else "401")
        assert not signed or checksum == hashlib.sha256(body).hexdigest()
