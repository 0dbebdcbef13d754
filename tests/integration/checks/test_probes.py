"""The close look: pings, greetings and the inspector, against servers of every kind."""

from __future__ import annotations

import base64
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.checking import Surroundings, gather_facts, gather_probes
from meterbase_tui.checking.errands import Errand
from meterbase_tui.checking.missed_requests import InspectorError, ask_inspector, find_gap
from meterbase_tui.checking.ping import look_for, send_ping
from meterbase_tui.checking.ports import greet, look_at_port, look_at_target, reach
from receiver.checks.facts import PortState, TargetState
from receiver.checks.probes import Greeting, PingOutcome, Reach
from receiver.judging.signing import Secrets
from receiver.tunnel import ProviderName, TunnelState
from store.records import Origin, Verdict
from tests.conftest import PATH, SECRET, wait_until
from tests.integration.checks.conftest import ping_body
from tests.stand_ins.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from receiver.checks.probes import Ping
    from tests.conftest import Bench
    from tests.stand_ins.tls_front import TlsFront

    Server = Callable[..., AbstractContextManager[str]]

SECRETS = Secrets(SECRET)
NOW = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)


def sent_to(url: str, secrets: Secrets = SECRETS, seconds: float = 3.0) -> Ping:
    return send_ping(url, secrets, NOW, seconds=seconds).ping


@contextmanager
def raw_server(work: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does whatever it likes with a connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    with connection:
                        work(connection)
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}{PATH}"
        server.shutdown(socket.SHUT_RDWR)


def hang_up(connection: socket.socket) -> None:
    connection.recv(65_536)


def test_a_ping_arrives_signed_and_is_told_from_the_networks(bench: Bench) -> None:
    sent = send_ping(bench.url, SECRETS, NOW, seconds=30)
    ping = bench.read(look_for, sent)
    assert (ping.outcome, ping.status, ping.said) == (PingOutcome.ARRIVED, 200, None)
    assert 0 < ping.ms < 30_000
    (delivery,) = bench.deliveries()
    assert delivery.id == ping.delivery_id
    assert (delivery.verdict, delivery.origin) == (Verdict.VALID, Origin.SAMPLE)
    assert delivery.event == "test.ping"
    assert sent.body != send_ping(bench.url, SECRETS, NOW, seconds=30).body


def test_a_ping_that_another_store_took(
    bench: Bench, open_bench: Callable[..., AbstractContextManager[Bench]], tmp_path: Path
) -> None:
    bench.deliver(ping_body())
    with open_bench(db=tmp_path / "other.db") as other:
        sent = send_ping(other.url, SECRETS, NOW, seconds=30)
        assert bench.read(look_for, sent).outcome is PingOutcome.OTHER_STORE
        assert other.read(look_for, sent).outcome is PingOutcome.ARRIVED


def test_a_ping_under_another_secret(bench: Bench) -> None:
    ping = sent_to(bench.url, Secrets(b"another"))
    assert (ping.outcome, ping.status) == (PingOutcome.OTHER_SECRET, 401)


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (404, "", {"ngrok_error_code": "ERR_NGROK_3200"}, PingOutcome.TUNNEL_OFFLINE),
        (502, "", {"ngrok_error_code": "ERR_NGROK_8012"}, PingOutcome.UPSTREAM_DOWN),
        (502, "", {"ngrok_error_code": "ERR_NGROK_3004"}, PingOutcome.UPSTREAM_DOWN),
        (429, "", {"ngrok_error_code": "ERR_NGROK_734"}, PingOutcome.LIMIT),
        (200, "", {"ngrok_error_code": "ERR_NGROK_6024"}, PingOutcome.STRANGER),
        (530, "", {}, PingOutcome.TUNNEL_OFFLINE),
        (502, "", {}, PingOutcome.UPSTREAM_DOWN),
        (503, {"error": "store_unavailable"}, {}, PingOutcome.REFUSED),
        (401, {"error": "go away"}, {}, PingOutcome.STRANGER),
        (200, {"status": "ok"}, {}, PingOutcome.STRANGER),
        (200, [1], {}, PingOutcome.STRANGER),
        (302, "", {"Location": "http://127.0.0.1:1/"}, PingOutcome.STRANGER),
    ],
)
def test_answers_that_are_not_ours(
    answering: Server, status: int, body: Any, headers: dict[str, str], outcome: PingOutcome
) -> None:
    with answering(status, body, **headers) as url:
        ping = sent_to(url)
    assert (ping.outcome, ping.status) == (outcome, status)
    assert ping.said == headers.get("ngrok_error_code", "Stranger/1")


def test_no_answer_at_all() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}{PATH}"
        assert sent_to(closed).outcome is PingOutcome.NOT_CONNECTED
    with raw_server(hang_up) as url:
        assert sent_to(url).outcome is PingOutcome.BROKEN
    with raw_server(lambda connection: connection.sendall(b"no HTTP\r\n\r\n")) as url:
        assert sent_to(url).outcome is PingOutcome.BROKEN
    assert sent_to(f"http://no-such-host.invalid{PATH}").outcome is PingOutcome.UNKNOWN_HOST


def test_an_answer_that_never_ends_is_not_waited_for() -> None:
    gone = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        while not gone.wait(0.05):
            connection.sendall(b"x")

    with raw_server(drip) as url:
        with Stopwatch() as took:
            assert sent_to(url, seconds=0.5).outcome is PingOutcome.TIMED_OUT
        assert took.seconds < 2
        gone.set()


def test_a_ping_by_https_arrives(
    bench: Bench, tls: TlsFront, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS ends in front of the receiver, as it does at a tunnel."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.certificate))
    sent = send_ping(tls.lead_to(bench.port) + PATH, SECRETS, NOW, seconds=30)
    ping = bench.read(look_for, sent)
    assert (ping.outcome, ping.status) == (PingOutcome.ARRIVED, 200)
    monkeypatch.delenv("SSL_CERT_FILE")
    assert sent_to(tls.lead_to(bench.port) + PATH).outcome is PingOutcome.UNTRUSTED


def test_a_ping_whose_answer_was_lost_is_found_in_the_log(bench: Bench) -> None:
    def swallow(connection: socket.socket) -> None:
        with socket.create_connection((bench.host, bench.port)) as onward:
            onward.sendall(connection.recv(65_536))
            onward.recv(65_536)

    with raw_server(swallow) as url:
        sent = send_ping(url, SECRETS, NOW, seconds=30)
    ping = bench.read(look_for, sent)
    assert ping.outcome is PingOutcome.BROKEN
    assert ping.delivery_id == bench.deliveries()[-1].id


def test_who_is_on_the_port(bench: Bench, answering: Server) -> None:
    assert greet(bench.url, SECRETS) == (Greeting.OURS, None)
    assert bench.deliveries()[-1].origin is Origin.SAMPLE
    assert greet(bench.url, None) == (Greeting.OURS, None)
    with answering(405) as url:
        assert greet(url, SECRETS) == (Greeting.FOREIGN, "Stranger/1")
    with raw_server(hang_up) as url:
        assert greet(url, SECRETS)[0] is Greeting.SILENT


def test_whether_anything_listens(bench: Bench) -> None:
    assert look_at_port(bench.url) is PortState.OPEN
    assert look_at_target(bench.url) is TargetState.OPEN
    assert look_at_target("http://no-such-host.invalid:1/") is TargetState.UNKNOWN_HOST
    assert reach((bench.host, bench.port)) is Reach.REACHED
    assert reach(("no-such-host.invalid", 443)) is Reach.UNKNOWN_HOST
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert look_at_port(f"http://127.0.0.1:{port}/") is PortState.CLOSED
        assert look_at_target(f"http://127.0.0.1:{port}/") is TargetState.REFUSED
        assert reach(("127.0.0.1", port)) is Reach.NOT_CONNECTED


def test_a_full_backlog_is_silence() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        url = f"http://127.0.0.1:{address[1]}/"
        assert look_at_target(url, 0.2) is TargetState.SILENT
        assert look_at_port(url, 0.2) is PortState.UNREACHABLE
        for one in waiting:
            one.close()


def entry(
    body: bytes, status: int | None, ago_s: float, path: str = PATH, agent: str = "Propexo/1"
) -> dict[str, Any]:
    """A request as ngrok's agent lists it."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n\r\n"
    raw = base64.b64encode(head.encode() + body).decode()
    start = (NOW - timedelta(seconds=ago_s)).isoformat(timespec="microseconds")
    answer = None if status is None else {"status_code": status}
    request = {"method": "POST", "uri": path, "raw": raw}
    return {"start": start.replace("+00:00", "123Z"), "request": request, "response": answer}


def test_what_the_agent_saw_and_the_log_lacks(bench: Bench, answering: Server) -> None:
    known = json.dumps(ping_body(n=1)).encode()
    bench.deliver(known)
    listed = [
        entry(b"lost", 502, 60),
        entry(b"hung up on", 0, 120),
        entry(b"never answered", None, 180),
        entry(b"on its way", None, 2),
        entry(known, 502, 60),
        entry(b"answered", 401, 60),
        entry(b"a ping of ours", 502, 60, agent="meterbase-tui/1.0"),
        entry(b"of another path", 502, 60, "/favicon.ico"),
        entry(b"lost", 502, 65),
        {"request": None},
        {"request": {"raw": 7, "uri": PATH}},
        "nonsense",
    ]
    with answering(body={"requests": listed}) as url:
        inspector = url.removesuffix(PATH)
        gap = bench.read(find_gap, inspector, ask_inspector(inspector, NOW))
    assert gap.missed == 3
    assert gap.first_at == NOW - timedelta(seconds=180)
    assert gap.last_at == NOW - timedelta(seconds=65)


def test_an_inspector_that_makes_no_sense(answering: Server) -> None:
    with answering(body={"requests": "x"}) as url:
        assert ask_inspector(url.removesuffix(PATH), NOW) == []
    with answering(body=["x"]) as url, pytest.raises(InspectorError, match="No ngrok agent"):
        ask_inspector(url.removesuffix(PATH), NOW)
    with pytest.raises(InspectorError, match="No ngrok agent"):
        ask_inspector("http://127.0.0.1:9", NOW)
    for elsewhere in ("http://inspector.example:4040", "http://[", "4040"):
        with pytest.raises(InspectorError, match="not the address of an agent on this machine"):
            ask_inspector(elsewhere, NOW)


def test_the_whole_look_at_a_receiver_of_this_process(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with open_bench(tunnel=ProviderName.URL, public_url="http://127.0.0.1:1") as bench:
        wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
        facts = gather_facts(bench.settings, bench.runtime)
        there = replace(facts, tunnel=replace(facts.tunnel, webhook_url=bench.url))
        with Stopwatch() as took:
            probes = gather_probes(bench.settings, there)
        assert took.seconds < 3
        assert probes.greeting is None
        assert probes.local_ping is not None
        assert probes.public_ping is not None
        assert probes.local_ping.outcome is probes.public_ping.outcome is PingOutcome.ARRIVED
        assert probes.local_ping.delivery_id != probes.public_ping.delivery_id
        assert probes.structure is not None
        assert probes.bodies is not None
        assert (probes.agent_version, probes.ngrok_service, probes.gap) == (None, None, None)


def test_without_a_receiver_nothing_is_sent(
    open_bench: Callable[..., AbstractContextManager[Bench]], answering: Server
) -> None:
    with open_bench() as bench:
        settings = replace(bench.settings, port=1)
    with answering() as url:
        public = url.removesuffix(PATH)
        settings = replace(settings, tunnel=ProviderName.URL, public_url=public)
        facts = gather_facts(settings, surroundings=Surroundings(environ={}))
        assert facts.tunnel.webhook_url == url
        probes = gather_probes(settings, facts)
    assert (probes.local_ping, probes.public_ping, probes.greeting) == (None, None, None)


def test_an_errand_is_waited_for_only_so_long() -> None:
    release = threading.Event()
    with Stopwatch() as took:
        errand = Errand(lambda: release.wait(60))
        assert errand.wait(0.1, otherwise=False) is False
    assert took.seconds < 1
    release.set()
    assert errand.wait(30, otherwise=False) is True
    failing: Errand[int] = Errand(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing.wait(30, 0)
