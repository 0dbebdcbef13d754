"""The download, through pyngrok's own installer: real TLS, from a server on this machine."""

from __future__ import annotations

import io
import shutil
import socket
import ssl
import subprocess
import tarfile
import threading
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from receiver.tunnel import (
    AgentVersion,
    InstalledAgent,
    Problem,
    TunnelSettings,
    ask_version,
    install_agent,
    install_target,
    report_agent,
)
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stand_ins.tunnel_house import House

HOST = "bin.ngrok.com"


class Cdn:
    """An HTTP proxy that plays ngrok's download server, with a certificate of its own."""

    def __init__(self, folder: Path, program: bytes) -> None:
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        options = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
        extension = ["-addext", f"subjectAltName=DNS:{HOST}"]
        files = ["-keyout", str(key), "-out", str(self.certificate)]
        command = ["openssl", "req", "-x509", *options, *extension, *files]
        subprocess.run(command, check=True, capture_output=True)
        self.program = program
        self.asked: list[bytes] = []
        self.hold = False
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
                with connection:
                    self._answer(connection)
            except OSError:
                if self._listener.fileno() < 0:
                    return

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        self.asked.append(connection.recv(4096).split(b"\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._tls.wrap_socket(connection, server_side=True) as secured:
            line = secured.recv(4096).split(b"\r\n")[0]
            self.asked.append(line)
            archive = self._archive(zipped=b".zip" in line)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(archive)}\r\n\r\n".encode()
            secured.sendall(head + archive[:10])
            while self.hold:
                time.sleep(0.01)
            secured.sendall(archive[10:])

    def _archive(self, *, zipped: bool) -> bytes:
        buffer = io.BytesIO()
        if zipped:
            with zipfile.ZipFile(buffer, "w") as file:
                file.writestr("ngrok", self.program)
        else:
            with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
                member = tarfile.TarInfo("ngrok")
                member.size = len(self.program)
                tar.addfile(member, io.BytesIO(self.program))
        return buffer.getvalue()


@pytest.fixture
def cdn(house: House, tmp_path: Path) -> Iterator[Cdn]:
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    server = Cdn(tmp_path, house.agent().read_bytes())
    house.environ |= {"https_proxy": server.url, "SSL_CERT_FILE": str(server.certificate)}
    house.environ["PATH"] = "/usr/bin:/bin"
    yield server
    server.hold = False
    server.close()


def test_an_agent_is_downloaded_checked_and_then_found(house: House, cdn: Cdn) -> None:
    settings = TunnelSettings(house.state_dir)
    target = house.home / ".config" / "ngrok" / "ngrok"
    assert install_target(settings, house.environ) == target
    assert report_agent(settings, house.environ).agent is None

    installed = install_agent(settings, house.environ)

    assert installed == InstalledAgent(target, AgentVersion(3, 31, 0))
    assert target.read_bytes() == cdn.program
    assert list(target.parent.iterdir()) == [target]
    assert cdn.asked[0].startswith(b"CONNECT bin.ngrok.com:443 ")
    found = report_agent(settings, house.environ).agent
    assert found is not None
    assert found.path == target
    assert ask_version(target, settings, house.environ) == AgentVersion(3, 31, 0)


@pytest.mark.parametrize("program", [b"#!/bin/sh\necho no agent\n", b""], ids=["other", "empty"])
def test_what_is_no_agent_does_not_replace_one(house: House, cdn: Cdn, program: bytes) -> None:
    target = house.agent(house.home / "ngrok")
    before = target.read_bytes()
    cdn.program = program
    answer = install_agent(TunnelSettings(house.state_dir, ngrok_path=target), house.environ)

    assert isinstance(answer, Problem)
    assert answer.code == "agent_unusable"
    assert target.read_bytes() == before
    assert [path.name for path in house.home.iterdir()] == ["ngrok"]


def test_a_server_that_is_not_ngroks_is_refused(house: House, cdn: Cdn) -> None:
    del house.environ["SSL_CERT_FILE"]
    answer = install_agent(TunnelSettings(house.state_dir), house.environ)

    assert isinstance(answer, Problem)
    assert answer.code == "download_failed"
    assert "certificate" in answer.sentence.lower()
    assert "METERBASE_NGROK_PATH" in answer.cure


def test_without_a_network_it_fails_with_the_way_by_hand(house: House) -> None:
    house.environ["https_proxy"] = "http://127.0.0.1:9"
    with Stopwatch() as took:
        answer = install_agent(TunnelSettings(house.state_dir), house.environ)

    assert took.seconds < 5
    assert isinstance(answer, Problem)
    assert answer.code == "download_failed"
    assert "https://ngrok.com/download" in answer.cure


def test_a_download_can_be_cancelled(house: House, cdn: Cdn) -> None:
    cdn.hold = True
    cancelled = threading.Event()
    answers: list[InstalledAgent | Problem] = []

    def install() -> None:
        settings = TunnelSettings(house.state_dir)
        answers.append(install_agent(settings, house.environ, cancelled=cancelled))

    thread = threading.Thread(target=install)
    thread.start()
    wait_until(lambda: len(cdn.asked) == 2)
    cancelled.set()
    thread.join(30)

    assert not thread.is_alive()
    assert isinstance(answers[0], Problem)
    assert answers[0].code == "download_cancelled"
    assert list((house.home / ".config" / "ngrok").iterdir()) == []
