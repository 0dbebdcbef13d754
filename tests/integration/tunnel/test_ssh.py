"""The real OpenSSH client against a server on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import TunnelState, webhook_url
from tests.stand_ins.ports import find_port
from tests.stand_ins.tunnel_house import House, Upstream, Watch, post
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Begin = Callable[..., Watch]

if shutil.which("ssh") is None:
    pytest.skip("there is no ssh client", allow_module_level=True)
asyncssh = pytest.importorskip("asyncssh", reason="asyncssh plays the server and is not installed")


class Gateway:
    """Lets anyone in, opens the asked port, and prints its address as such services do."""

    def __init__(self, public_port: int) -> None:
        self.public_port = public_port
        self.connections: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def hang_up(self) -> None:
        self._loop.call_soon_threadsafe(self.connections[-1].abort)

    def close(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> Any:
        gateway = self

        class Server(asyncssh.SSHServer):  # type: ignore[misc, name-defined]
            def connection_made(self, connection: Any) -> None:
                gateway.connections.append(connection)

            def begin_auth(self, _username: str) -> bool:
                return False

            def server_requested(self, _host: str, _port: int) -> bool:
                return True

        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Server,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=self._greet,
        )

    async def _greet(self, process: Any) -> None:
        process.stdout.write("Welcome! See https://localhost.run/docs for more.\r\n")
        process.stdout.write(f"tunneled: https://127.0.0.1:{self.public_port}\r\n")
        with contextlib.suppress(asyncio.CancelledError, asyncssh.Error):
            await process.wait_closed()

    async def _end(self) -> None:
        self._server.close()
        for connection in self.connections:
            connection.abort()
        await self._server.wait_closed()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway(find_port())
    yield server
    server.close()


def test_a_request_arrives_through_ssh_and_a_hang_up_is_recovered(
    house: House, watch: Begin, upstream: Upstream, gateway: Gateway
) -> None:
    options = "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    forward = f"-R 127.0.0.1:{gateway.public_port}:127.0.0.1:{{port}}"
    fatal = "-o ExitOnForwardFailure=yes"
    command = f"ssh -T {options} {fatal} -p {gateway.port} {forward} anyone@127.0.0.1"
    one = watch(house.command(command))
    online = one.wait_for(TunnelState.ONLINE)

    assert online.public_url == f"https://127.0.0.1:{gateway.public_port}"
    # Nobody terminates TLS here.
    url = (webhook_url(online) or "").replace("https", "http")
    body = bytes(range(256)) * 500
    assert post(url, body) == (200, b"ok")
    assert upstream.got == [("/api/webhooks/propexo", body)]

    gateway.hang_up()
    one.wait_for(TunnelState.RECONNECTING)
    one.wait_for(TunnelState.ONLINE)
    wait_until(lambda: len(gateway.connections) >= 2)
    assert post(url, b"again") == (200, b"ok")


def test_a_server_that_is_not_there_is_the_network(house: House, watch: Begin) -> None:
    closed = "ssh -F none -T -p 1 -R 0:127.0.0.1:{port} anyone@127.0.0.1"
    problem = watch(house.command(closed)).wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == "command_offline"
