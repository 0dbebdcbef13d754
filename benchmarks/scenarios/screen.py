"""What an open screen costs the receiver, itself, and whoever waits for a delivery to appear."""

from __future__ import annotations

import http.client
import json
import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.bodies import make_body
from benchmarks.calling import finish_load
from benchmarks.contenders import SECRET, contender, program, store_of
from benchmarks.figures import OURS, Measurement, percentile
from benchmarks.servers import HAS_PROC, Server, cpu_seconds, free_port, running, wait_for_port
from benchmarks.store_watch import watching
from benchmarks.terminal import Terminal
from receiver.arrival.route import WEBHOOK_PATH
from receiver.judging.signing import SIGNATURE_HEADER, sign

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.setting import Setting

SCREEN = "with its screen open"
HIDDEN = "with another screen before it"
_OF_THE_LOG = b"Level"
"""A word of the screen that hides the panels."""
RATE = 1_000.0
_SETTLE_S = 1.5
"""From the start until nothing of it is left to do."""
_NO_PROC = "this system does not tell the processor time of a thread"


@contextmanager
def open_screen(setting: Setting, folder: Path) -> Iterator[tuple[Terminal, Server]]:
    """The program on a terminal, receiving and drawn, on the server's core."""
    port = free_port()
    command = [*program(), "--port", str(port), "--db", str(store_of(folder))]
    environment = contender(OURS).environment(folder)
    with Terminal(command, environment, setting.cores.server) as terminal:
        wait_for_port(terminal.process, port)
        terminal.wait_for(b"Incoming events")
        yield terminal, Server(terminal.process, port, folder)


@contextmanager
def open_headless(setting: Setting, folder: Path) -> Iterator[Server]:
    """`listen` there."""
    with running(contender(OURS), folder, setting.cores.server) as server:
        yield server


def measure_screen(setting: Setting) -> Iterator[Measurement]:
    """A burst while the screen follows, against the same without a screen."""
    setting.say("screen: a burst without and with it")
    with setting.new_folder() as folder, open_headless(setting, folder) as server:
        yield _burst(setting, OURS, server)
    with setting.new_folder() as folder, open_screen(setting, folder) as (_, server):
        yield _burst(setting, SCREEN, server)


def _burst(setting: Setting, name: str, server: Server) -> Measurement:
    time.sleep(_SETTLE_S)
    job = setting.job(server.port, WEBHOOK_PATH, 64, 2 * setting.effort.burst_s)
    values = setting.ask(server, job)
    with watching(store_of(server.folder)) as watch:
        watch.wait_until_processed()
    return Measurement("screen", name, "64", values)


def measure_share(setting: Setting) -> Iterator[Measurement]:
    """Of a core, what the screen takes while deliveries come at a steady rate."""
    if not HAS_PROC:
        setting.leave_out("the screen's share of a core", _NO_PROC)
        return
    setting.say(f"share: {RATE:g} deliveries/s without and with the screen")
    with setting.new_folder() as folder, open_headless(setting, folder) as server:
        yield _share(setting, OURS, server)
    with setting.new_folder() as folder, open_screen(setting, folder) as (terminal, server):
        yield _share(setting, SCREEN, server, terminal)
    with setting.new_folder() as folder, open_screen(setting, folder) as (terminal, server):
        time.sleep(_SETTLE_S)
        terminal.type(b"L")
        terminal.wait_for(_OF_THE_LOG)
        yield _share(setting, HIDDEN, server, terminal)


def _share(
    setting: Setting, name: str, server: Server, terminal: Terminal | None = None
) -> Measurement:
    time.sleep(_SETTLE_S)
    pid, seconds = server.process.pid, setting.effort.steady_s
    load = setting.start_load(
        setting.job(server.port, WEBHOOK_PATH, 16, seconds + 2, rate=RATE, warm_up=0)
    )
    with watching(store_of(server.folder)) as watch:
        while watch.newest() < RATE / 2:
            time.sleep(0.02)
    began, whole, main = time.perf_counter(), cpu_seconds(pid), cpu_seconds(pid, main_thread=True)
    frames = terminal.frames if terminal else 0
    time.sleep(seconds)
    took = time.perf_counter() - began
    values = {
        "redraws": (terminal.frames - frames) / took if terminal else 0.0,
        "process_share": (cpu_seconds(pid) - whole) / took,
        "main_thread_share": (cpu_seconds(pid, main_thread=True) - main) / took,
    }
    return Measurement("share", name, f"{RATE:g}/s", values | finish_load(load).figures())


def measure_pixel(setting: Setting) -> Iterator[Measurement]:
    """From the answer to a delivery until the terminal has been sent the id that it is about."""
    setting.say("pixel: from the answer to the terminal")
    with setting.new_folder() as folder, open_screen(setting, folder) as (terminal, server):
        time.sleep(_SETTLE_S)
        took = [
            _time_pixel(terminal, server.port, number) for number in range(setting.effort.pixels)
        ]
    ordered = sorted(took)
    values = {"p50_ms": percentile(ordered, 0.5), "p99_ms": percentile(ordered, 0.99)}
    yield Measurement("pixel", OURS, "one at a time", values)


def _time_pixel(terminal: Terminal, port: int, number: int) -> float:
    unit_id = f"unit_seen_{number:04d}"
    body = json.loads(make_body(number))
    body["data"]["id"] = unit_id
    raw = json.dumps(body).encode()
    # At any moment between two looks of the screen.
    time.sleep(random.uniform(0.2, 0.4))
    terminal.forget()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    client.request("POST", WEBHOOK_PATH, raw, {SIGNATURE_HEADER: sign(SECRET.encode(), raw)})
    client.getresponse().read()
    answered = time.perf_counter()
    client.close()
    return max(0.0, 1000 * (terminal.wait_for(unit_id.encode(), 10) - answered))


def measure_idle(setting: Setting) -> Iterator[Measurement]:
    """What an open tool takes of a core while nothing happens."""
    if not HAS_PROC:
        setting.leave_out("an idle tool's share of a core", _NO_PROC)
        return
    setting.say("idle: without and with the screen")
    with setting.new_folder() as folder, open_headless(setting, folder) as server:
        yield _idle(setting, OURS, server)
    with setting.new_folder() as folder, open_screen(setting, folder) as (_, server):
        yield _idle(setting, SCREEN, server)


def _idle(setting: Setting, name: str, server: Server) -> Measurement:
    time.sleep(2 * _SETTLE_S)
    began, before = time.perf_counter(), cpu_seconds(server.process.pid)
    time.sleep(setting.effort.steady_s)
    share = (cpu_seconds(server.process.pid) - before) / (time.perf_counter() - began)
    return Measurement("idle", name, "nothing happens", {"process_share": share})
