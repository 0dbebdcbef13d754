"""Where the receiver listens, and opening that."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from receiver.arrival.http_server import build_runner
from receiver.arrival.route import WEBHOOK_PATH
from receiver.errors import PortError

if TYPE_CHECKING:
    from receiver.arrival.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Address:
    """Where the receiver listens."""

    host: str
    port: int
    """0 asks for any free port."""

    @property
    def base_url(self) -> str:
        """The address without a path; an address of all interfaces is reached by loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address that deliveries are posted to."""
        return self.base_url + WEBHOOK_PATH


async def open_port(endpoint: Endpoint, address: Address) -> tuple[web.ServerRunner, Address]:
    """Listens; returns the server, to be cleaned up, and the address that it got.

    Raises:
        PortError: the port is in use or the address is not one of this machine.
    """
    runner = build_runner(endpoint)
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port, backlog=512).start()
    except (OSError, OverflowError) as error:
        await runner.cleanup()
        raise PortError(
            f"Port {address.port} on {address.host} cannot be opened: {_reason(error)}. "
            f"{_cure(error)}"
        ) from error
    bound = runner.addresses[0]
    return runner, Address(bound[0], bound[1])


def _reason(error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return "ports go from 0 to 65535"
    if error.errno in (98, 48):  # EADDRINUSE on Linux and on macOS
        return "another program is using it"
    if isinstance(error, socket.gaierror):
        return "no host of that name is known"
    if _is_foreign(error):
        return "this computer has no such address"
    return error.strerror or str(error)


def _cure(error: OSError | OverflowError) -> str:
    if isinstance(error, socket.gaierror) or (isinstance(error, OSError) and _is_foreign(error)):
        return "Choose an address of this computer with --host; without it that is 127.0.0.1."
    return "Choose another with --port, or --port 0 for any that is free."


def _is_foreign(error: OSError) -> bool:
    """Whether no address tried is one of this machine; Python 3.13 gives no number then."""
    return error.errno in (errno.EADDRNOTAVAIL, None)
