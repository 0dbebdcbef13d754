"""What a tunnel's service does with TLS: it ends there, and the bytes go on in the clear."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TlsFront:
    """A port with a certificate of its own for `localhost`; leads to any port of this machine."""

    def __init__(self, folder: Path) -> None:
        """Raises `FileNotFoundError` where there is no openssl to make a certificate with."""
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
        command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        command += ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(command, check=True, capture_output=True)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._onward = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def lead_to(self, port: int) -> str:
        """The https address, without a path, of what listens at `port`."""
        self._onward = port
        return f"https://localhost:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._join, args=(connection,), daemon=True).start()

    def _join(self, connection: socket.socket) -> None:
        with suppress(OSError), ExitStack() as sockets:
            outside = self._tls.wrap_socket(sockets.enter_context(connection), server_side=True)
            sockets.enter_context(outside)
            inside = socket.create_connection(("127.0.0.1", self._onward))
            sockets.enter_context(inside)
            back = threading.Thread(target=_pump, args=(inside, outside), daemon=True)
            back.start()
            _pump(outside, inside)
            back.join(5)


def _pump(source: socket.socket, drain: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            drain.sendall(data)
