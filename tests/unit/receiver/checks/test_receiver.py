from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.background.workers import WorkerState
from receiver.checks import CheckName, CheckStatus, Probes
from receiver.checks.facts import PortState
from receiver.checks.probes import Greeting
from tests.unit.receiver.checks.given import FACTS, RECEIVER, URL, expect, probed, verdict


def expect_receiver(
    status: CheckStatus, *words: str, fix: str = "", probes: Probes | None = None, **changed: Any
) -> None:
    facts = replace(FACTS, receiver=replace(RECEIVER, **changed), probes=probes)
    expect(verdict(CheckName.RECEIVER, facts), status, *words, fix=fix)


def test_our_own() -> None:
    expect_receiver(CheckStatus.PASS, URL)


def test_our_own_that_has_stopped() -> None:
    expect_receiver(CheckStatus.FAIL, "has stopped", fix="Restart", alive=False)


def test_our_own_that_cannot_keep_anything() -> None:
    words = ("writer has ended", "503", "sends it again")
    expect_receiver(CheckStatus.FAIL, *words, fix="Restart", writer_alive=False)


def test_a_worker_that_failed_is_told_and_one_that_fails_again_and_again_is_red() -> None:
    well = WorkerState("The search index", running=True)
    expect_receiver(CheckStatus.PASS, URL, workers=(well,))
    once = replace(well, failures=1, error="KeyError")
    words = ("The search index failed by a mistake of ours (KeyError)", "begins again")
    expect_receiver(CheckStatus.WARN, *words, fix="logs", workers=(well, once))
    often = replace(once, failures=3)
    expect_receiver(CheckStatus.FAIL, "failed 3 times", fix="restart", workers=(once, often))
    gone = replace(well, running=False)
    expect_receiver(
        CheckStatus.FAIL, "The search index has ended", fix="restart", workers=(gone, well)
    )


def test_our_own_that_does_not_react() -> None:
    expect_receiver(CheckStatus.FAIL, "did not react within 1 s", fix="restart", loop_ms=None)
    expect_receiver(CheckStatus.WARN, "took 730 ms", fix="busy", loop_ms=730.0)


def test_none() -> None:
    expect_receiver(CheckStatus.WARN, "No receiver runs", URL, fix="listen", port=PortState.CLOSED)


def test_one_elsewhere() -> None:
    elsewhere: dict[str, Any] = {"port": PortState.OPEN, "holder": 4711}
    expect_receiver(CheckStatus.PASS, "Process 4711", URL, **elsewhere)
    ours = probed(greeting=Greeting.OURS)
    expect_receiver(CheckStatus.PASS, "Process 4711", URL, probes=ours, **elsewhere)


@pytest.mark.parametrize("port", [PortState.CLOSED, PortState.UNREACHABLE])
def test_a_store_that_is_held_by_a_process_that_does_not_answer(port: PortState) -> None:
    expect_receiver(CheckStatus.FAIL, "Process 4711 holds", fix="--port", port=port, holder=4711)


def test_another_program_on_the_port() -> None:
    foreign = probed(greeting=Greeting.FOREIGN, greeted_by="nginx")
    expect_receiver(
        CheckStatus.FAIL, "(nginx)", URL, fix="--port", probes=foreign, port=PortState.OPEN
    )
    nameless = probed(greeting=Greeting.FOREIGN)
    expect_receiver(CheckStatus.FAIL, f"{URL}.", fix="--port", probes=nameless, port=PortState.OPEN)


@pytest.mark.parametrize("greeting", [Greeting.SILENT, Greeting.NOBODY])
def test_something_on_the_port_that_does_not_answer(greeting: Greeting) -> None:
    expect_receiver(
        CheckStatus.FAIL,
        "does not answer",
        fix="--port",
        probes=probed(greeting=greeting),
        port=PortState.OPEN,
    )


def test_a_receiver_of_another_store() -> None:
    expect_receiver(
        CheckStatus.WARN,
        "another store than /srv/meterbase.db",
        fix="--db",
        probes=probed(greeting=Greeting.OURS),
        port=PortState.OPEN,
    )


def test_something_that_was_not_asked_what_it_is() -> None:
    expect_receiver(CheckStatus.WARN, "nobody holds the store", fix="doctor", port=PortState.OPEN)
