"""Does the receiver run, and is it the receiver of this store?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, failure, passed, warning
from receiver.checks.facts import PortState
from receiver.checks.probes import Greeting
from receiver.checks.wording import milliseconds

if TYPE_CHECKING:
    from receiver.background.workers import WorkerState
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts

_SLOW_LOOP_MS = 500.0
_START = "Start `meterbase-tui`, or `meterbase-tui listen` without a screen."
_REPORT = (
    "Look into the log (L, or `meterbase-tui logs --level error`) and report it; if it goes on, "
    "restart meterbase-tui: nothing that was acknowledged is lost."
)
_OFTEN = 3
_OTHER_PORT = "Stop that program, or choose another port with --port or METERBASE_PORT."


def check_receiver(facts: Facts) -> Check:
    """Whether something listens, what it is, and whether it is awake."""
    finding = _own(facts) if facts.receiver.port is PortState.OWN else _elsewhere(facts)
    return conclude(CheckName.RECEIVER, map(_ailing, facts.receiver.workers), finding)


def _ailing(worker: WorkerState) -> Finding | None:
    """What works in the background, and does not."""
    if not worker.running:
        return failure(f"{worker.title} has ended by a mistake of ours.", _REPORT)
    if not worker.failures:
        return None
    times = "failed" if worker.failures == 1 else f"failed {worker.failures} times"
    words = f"{worker.title} {times} by a mistake of ours ({worker.error}), and begins again."
    return (warning if worker.failures < _OFTEN else failure)(words, _REPORT)


def _own(facts: Facts) -> Finding:
    receiver = facts.receiver
    if not receiver.alive:
        return failure("The receiver has stopped, so no webhook arrives.", "Restart meterbase-tui.")
    if not receiver.writer_alive:
        return failure(
            "The store's writer has ended by a mistake of ours: every webhook is answered with "
            "503, so Propexo sends it again later.",
            "Restart meterbase-tui, and report what the log says (`meterbase-tui logs`).",
        )
    if receiver.loop_ms is None:
        return failure(
            f"The receiver listens on {receiver.url}, but did not react within 1 s.",
            "Wait a moment; if it goes on, restart meterbase-tui.",
        )
    if receiver.loop_ms > _SLOW_LOOP_MS:
        return warning(
            f"The receiver listens on {receiver.url}, but took {milliseconds(receiver.loop_ms)} to "
            "react: this computer is very busy.",
            "Close what keeps the computer busy.",
        )
    return passed(f"It listens on {receiver.url}.")


def _elsewhere(facts: Facts) -> Finding:
    receiver = facts.receiver
    if receiver.port is PortState.OPEN:
        return _greeted(facts)
    if receiver.holder is not None:
        return failure(
            f"Process {receiver.holder} holds the store {facts.store.path}, but nothing answers at "
            f"{receiver.url}.",
            "If it listens elsewhere, name the port with --port; otherwise stop it and start "
            "again.",
        )
    return warning(
        f"No receiver runs: nothing answers at {receiver.url}, and nobody holds the store.", _START
    )


def _greeted(facts: Facts) -> Finding:
    receiver = facts.receiver
    greeting = facts.probes.greeting if facts.probes else None
    if greeting is Greeting.FOREIGN:
        name = facts.probes.greeted_by if facts.probes else None
        return failure(
            f"Another program answers at {receiver.url}" + (f" ({name})." if name else "."),
            _OTHER_PORT,
        )
    if greeting in (Greeting.SILENT, Greeting.NOBODY):
        return failure(
            f"Something accepts connections at {receiver.url}, but does not answer.", _OTHER_PORT
        )
    if receiver.holder is not None:
        return passed(f"Process {receiver.holder} listens on {receiver.url}.")
    if greeting is Greeting.OURS:
        return warning(
            f"A receiver answers at {receiver.url}, but it writes to another store than "
            f"{facts.store.path}.",
            "Name its store with --db, or stop it.",
        )
    return warning(
        f"Something listens on {receiver.url}, but nobody holds the store {facts.store.path}.",
        "Run `meterbase-tui doctor`: it asks what it is.",
    )
