"""A stand-in for ngrok's service, enough of it for a real agent of version 2.

The agent connects by TLS and multiplexes streams over it (muxado: frames with a header of eight
bytes). A stream begins with its type; requests and answers are JSON. The service opens a stream
for every connection that comes to the public port. The edge listens on this machine only; the
agent is led here by `server_addr` and `root_cas` in its configuration.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import struct
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

RST, DATA, WINDOW, GOAWAY = range(4)
FIN, SYN = 1, 2
AUTH, BIND, UNBIND, PROXY, HEARTBEAT = 0, 1, 2, 3, 0xFFFFFFFF


@dataclass
class Stream:
    """One stream of a session; what comes from the agent is read from `incoming`."""

    session: Session
    number: int
    incoming: asyncio.StreamReader = field(default_factory=asyncio.StreamReader)
    credit: int = 256 * 1024
    """How much the agent is ready to take; it resets a stream that sends more."""
    more_credit: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, data: bytes, flags: int = 0) -> None:
        self.credit -= len(data)
        self.session.send(DATA, flags, self.number, data)

    async def pour(self, data: bytes) -> None:
        while data:
            while self.credit <= 0:
                self.more_credit.clear()
                await self.more_credit.wait()
            piece, data = data[: min(self.credit, 16384)], data[min(self.credit, 16384) :]
            self.send(piece)

    def grant(self, data: bytes) -> None:
        self.credit += struct.unpack(">I", data)[0]
        self.more_credit.set()

    async def read_json(self) -> dict[str, Any]:
        text = b""
        while True:
            text += await self.incoming.read(65536)
            with contextlib.suppress(ValueError):
                value: dict[str, Any] = json.loads(text)
                return value


class Session:
    """One connected agent."""

    def __init__(
        self, edge: Edge, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.edge = edge
        self.writer = writer
        self._reader = reader
        self._streams: dict[int, Stream] = {}
        self._next = 2
        self._work: set[asyncio.Task[None]] = set()

    def send(self, kind: int, flags: int, number: int, data: bytes) -> None:
        head = struct.pack(">I", len(data) << 8 | kind << 4 | flags) + struct.pack(">I", number)
        self.writer.write(head + data)

    def open(self) -> Stream:
        stream = self._streams[self._next] = Stream(self, self._next)
        self._next += 2
        return stream

    async def run(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await self._reader.readexactly(8)
                first, number = struct.unpack(">II", head)
                data = await self._reader.readexactly(first >> 8)
                self._take(first >> 4 & 15, first & 15, number & 0x7FFFFFFF, data)
        for stream in self._streams.values():
            stream.incoming.feed_eof()

    def _take(self, kind: int, flags: int, number: int, data: bytes) -> None:
        if kind == DATA and flags & SYN:
            self._streams[number] = Stream(self, number)
            task = asyncio.ensure_future(self._serve(self._streams[number]))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        stream = self._streams.get(number)
        if stream is None:
            return
        if kind == DATA and data:
            stream.incoming.feed_data(data)
            self.send(WINDOW, 0, number, struct.pack(">I", len(data)))
        if kind == WINDOW:
            stream.grant(data)
        if kind == RST or (kind == DATA and flags & FIN):
            stream.incoming.feed_eof()

    async def _serve(self, stream: Stream) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            (kind,) = struct.unpack(">I", await stream.incoming.readexactly(4))
            if kind == HEARTBEAT:
                while True:
                    stream.send(await stream.incoming.readexactly(4))
            answer = {AUTH: self.edge.authenticate, BIND: self.edge.bind}.get(kind)
            request = await stream.read_json()
            reply = answer(self, request) if answer else {}
            stream.send(json.dumps(reply).encode() + b"\n", FIN)


class Edge:
    """The service: accepts one token, hands out one address, and can go away and come back."""

    def __init__(self, folder: Path, token: str) -> None:
        self.token = token
        self.certificate = folder / "edge.pem"
        key = folder / "edge.key"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run([*command, *subject, *files], check=True, capture_output=True)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self._sessions: list[Session] = []
        self._bound: Session | None = None
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.port = self._do(self._listen(self._agent, 0))
        self.public_port = self._do(self._listen(self._visitor, 0))

    def leave(self) -> None:
        """Hangs up and listens no more."""
        self._do(self._hang_up(self._servers[:1]))

    def come_back(self) -> None:
        """Listens where it did."""
        self._do(self._listen(self._agent, self.port))

    def close(self) -> None:
        self._do(self._hang_up(self._servers))
        self._do(self._finish())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def authenticate(self, session: Session, request: dict[str, Any]) -> dict[str, Any]:
        extra = request.get("Extra") or {}
        given = extra.get("Authtoken") or extra.get("AuthToken") or ""
        if given != self.token:
            text = f"The authtoken does not look proper.\nYour authtoken: {given}\r\n\r\n"
            return {"Version": "2", "ClientId": "", "Error": f"{text}ERR_NGROK_105\r\n"}
        self._sessions.append(session)
        details = {"Version": "edge", "Region": "test", "AccountName": "test", "PlanName": "free"}
        return {"Version": "2", "ClientId": "c1", "Error": "", "Extra": details}

    def bind(self, session: Session, request: dict[str, Any]) -> dict[str, Any]:
        reply = {"Id": request.get("Id", ""), "Proto": request["Proto"], "Opts": request["Opts"]}
        if self._bound is not None and self._bound is not session:
            text = "The endpoint is already online.\r\n\r\nERR_NGROK_334\r\n"
            return {**reply, "Error": text}
        self._bound = session
        url = f"https://localhost:{self.public_port}"
        return {**reply, "URL": url, "Error": "", "Extra": {"Token": "t"}}

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self, handler: Any, port: int) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", port, ssl=self._tls)
        if handler == self._agent:
            self._servers.insert(0, server)
        else:
            self._servers.append(server)
        found: int = server.sockets[0].getsockname()[1]
        return found

    async def _hang_up(self, servers: list[asyncio.Server]) -> None:
        for server in list(servers):
            server.close()
            self._servers.remove(server)
        for session in self._sessions:
            session.writer.transport.abort()
        self._sessions.clear()
        self._bound = None

    async def _finish(self) -> None:
        """Waits for what still runs, and ends what does not end by itself."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _agent(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(self, reader, writer)
        await session.run()
        if self._bound is session:
            self._bound = None
        writer.close()

    async def _visitor(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = self._bound
        if session is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nngrok-error-code: ERR_NGROK_3200\r\n")
            writer.write(b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        stream = session.open()
        header = {"Id": "", "ClientAddr": "127.0.0.1:1", "Proto": "https", "EdgeType": "none"}
        text = json.dumps(header | {"Url": f"https://localhost:{self.public_port}"}).encode()
        start = struct.pack(">I", PROXY) + struct.pack("<q", len(text)) + text
        stream.send(start, SYN)
        inwards = asyncio.ensure_future(self._pump(reader, stream))
        while data := await stream.incoming.read(65536):
            writer.write(data)
            await writer.drain()
        inwards.cancel()
        writer.close()

    async def _pump(self, reader: asyncio.StreamReader, stream: Stream) -> None:
        while data := await reader.read(65536):
            await stream.pour(data)
        stream.send(b"", FIN)
