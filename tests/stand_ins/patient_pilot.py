"""Textual's pilot, that waits for what a key led to however busy the machine is.

Textual takes a process that got little processor time for 20 ms for one that has nothing to do.
Where others take the processor, that is no sign: the key may not even have been heard. So the pilot
waits here until the loop has nothing left that could run, nor anything that it waits for on another
thread. What a timer does later is still to be waited for by what it shows.
"""

from __future__ import annotations

import asyncio
from asyncio.base_events import BaseEventLoop
from functools import partialmethod
from typing import TYPE_CHECKING, Any

from textual._wait import wait_for_idle
from textual.pilot import Pilot

from tests.stand_ins.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

_QUIET_TURNS = 3
"""In the first, a socket or a timer that is due may still bring something."""
_SCREEN_S = 120.0
"""For all widgets to have heard what was sent to them; a process that is stopped hears nothing."""
_LONG_S = 1.0
"""Work that takes longer on its thread is held up there by the test: nobody waits for it."""

_jobs: set[asyncio.Future[Any]] = set()
"""Work on other threads that has begun, and has not taken long."""


def make_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has every pilot of a test wait so."""
    submit = BaseEventLoop.run_in_executor

    def note(
        loop: BaseEventLoop, executor: Any, work: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        job: asyncio.Future[Any] = submit(loop, executor, work, *args)
        _jobs.add(job)
        job.add_done_callback(_jobs.discard)
        return job

    _jobs.clear()
    monkeypatch.setattr(BaseEventLoop, "run_in_executor", note)
    wait_for_screen = partialmethod(Pilot._wait_for_screen, timeout=_SCREEN_S)
    monkeypatch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
    for module in ("textual.app", "textual.pilot"):
        monkeypatch.setattr(f"{module}.wait_for_idle", _wait)


async def _wait(*seconds: float) -> None:
    await wait_for_idle(*seconds)
    await rest()


async def rest() -> None:
    """Waits until the loop has nothing to do, and nothing is done for it elsewhere."""
    loop: Any = asyncio.get_running_loop()
    patience = Patience()
    quiet = 0
    while quiet < _QUIET_TURNS:
        assert patience.lasts, "The loop never rests."
        await asyncio.sleep(0)
        quiet = 0 if loop._ready or await _wait_for_jobs(loop) else quiet + 1


async def _wait_for_jobs(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether there was anything to wait for."""
    jobs = {job for job in _jobs.copy() if job.get_loop() is loop and not job.done()}
    if jobs:
        _, long = await asyncio.wait(jobs, timeout=_LONG_S)
        _jobs.difference_update(long)
    return bool(jobs)
