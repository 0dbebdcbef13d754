"""The program itself, that kills itself at a named step as soon as it is armed.

Usage: fail_point.py STEP COMMAND…, and SIGUSR1 to arm it. Only the function at that step is
wrapped; the rest is the program as it is installed.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Step(NamedTuple):
    """Where the program dies: before or after a function runs."""

    module: str
    function: str
    before: bool


STEPS = {
    "before it is written": Step("store.writing.inbox", "Inbox.append", before=True),
    "before that is committed": Step("store.writing.inbox", "Inbox.append", before=False),
    "after that is committed": Step("store.writing.commits", "Commits._commit", before=False),
    "before the answer": Step("receiver.arrival.connection", "Connection._answer", before=True),
    "before it is its turn": Step("store.processing.queue", "take_turn", before=True),
    "after it was its turn": Step("store.processing.queue", "take_turn", before=False),
    "before it is processed": Step("receiver.background.processor", "_process_one", before=True),
    "after it was processed": Step("receiver.background.processor", "_process_one", before=False),
    "before its records are written": Step("store.processing.ledger", "Ledger.flush", before=True),
    "before its end is written": Step("store.processing.finishing", "finish", before=True),
    "before it counts as an event": Step("store.processing.queue", "end_turn", before=True),
    "after it counted as an event": Step("store.processing.queue", "end_turn", before=False),
    "before its end is committed": Step("store.processing.finishing", "finish", before=False),
    "after its end was committed": Step(
        "receiver.background.processor", "Processor._pass_on", before=True
    ),
    "before it is passed on": Step("receiver.forwarding.client", "ForwardClient.send", before=True),
    "after it was passed on": Step("receiver.forwarding.forwarder", "judge", before=True),
    "before that is committed, too": Step(
        "store.forwarding.forward_steps", "write_steps", before=False
    ),
}
_armed = False


def _arm(*_: object) -> None:
    global _armed  # noqa: PLW0603 - the signal handler has nothing else
    _armed = True
    os.write(1, b"armed\n")


def _die_if_armed() -> None:
    if _armed:
        os.kill(os.getpid(), signal.SIGKILL)


def _wrap(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **options: Any) -> Any:
        if before:
            _die_if_armed()
        result = function(*arguments, **options)
        _die_if_armed()
        return result

    return wrapped


def prepare(step: Step) -> None:
    """Puts the fail point in place."""
    holder: Any = importlib.import_module(step.module)
    *path, name = step.function.split(".")
    for part in path:
        holder = getattr(holder, part)
    setattr(holder, name, _wrap(getattr(holder, name), before=step.before))


if __name__ == "__main__":
    # Not at the top: whoever imports the steps needs no command line.
    from meterbase_tui.cli import main

    prepare(STEPS[sys.argv[1]])
    signal.signal(signal.SIGUSR1, _arm)
    sys.exit(main(sys.argv[2:]))
