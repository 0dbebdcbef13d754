"""Gathers what can be known at once: files, the store's newest rows, and the receiver's state."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meterbase_tui.checking.errands import Errand
from meterbase_tui.checking.files import read_store_files
from meterbase_tui.checking.machine import read_terminal, read_versions
from meterbase_tui.checking.ports import look_at_port, look_at_target
from meterbase_tui.checking.secrets import read_secret
from meterbase_tui.checking.surroundings import Surroundings
from meterbase_tui.checking.tunnels import read_tunnel
from meterbase_tui.receiving.presence import Presence, read_presence
from meterbase_tui.settings import makes_store_folder, with_known_secret
from receiver.checks import Facts
from receiver.checks.facts import (
    ForwardFacts,
    PortState,
    ReceiverFacts,
    RetentionFacts,
    SecretFacts,
    TargetState,
)
from store.errors import StoreError, StoreMissingError
from store.forwarding.forwards import read_totals_of
from store.reader import Reader
from store.safekeeping.holder import find_holder
from store.statistics import read_statistics

if TYPE_CHECKING:
    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.checks.store_facts import StoreFacts
    from store.forwarding.forward_records import TargetTotals
    from store.statistics import Statistics

_LOOP_S = 1.0
_TARGET_S = 1.0


def gather_facts(
    settings: Settings,
    runtime: Runtime | None = None,
    *,
    surroundings: Surroundings | None = None,
    reader: Reader | None = None,
    opened: tuple[int, int] | None = None,
) -> Facts:
    """The facts as they are now. Blocks for some milliseconds: call it on a worker thread.

    It takes longer only where something does not answer: half a second for the port of another
    process's receiver, one for a forward target and one for an event loop of our own that is stuck.

    Args:
        settings: those in force; with a runtime, its own.
        runtime: the receiver, if it runs in this process.
        surroundings: by default those of this process.
        reader: the store, opened on this thread; without it, the store is opened for the moment,
            which also checks its structure if it is small.
        opened: the identity of the store's file when `reader` opened it.
    """
    around = surroundings or Surroundings()
    target = _TargetLook(settings)
    settings, unusable = with_known_secret(runtime.settings if runtime else settings)
    presence = read_presence(settings.db)
    log = _read_log(settings, reader)
    return Facts(
        now=around.clock(),
        secret=_secret(settings, runtime, around, unusable),
        receiver=_own_receiver(runtime) if runtime else _other_receiver(settings, presence),
        store=_store(settings, log.problem, opened),
        log=log.statistics,
        tunnel=read_tunnel(settings, runtime, presence, around.environ),
        forward=target.finish(log.totals),
        retention=_retention(settings, runtime),
        versions=read_versions(),
        terminal=read_terminal(around.environ),
    )


@dataclass(frozen=True, slots=True)
class _Log:
    """What was read from the store."""

    statistics: Statistics | None = None
    totals: TargetTotals | None = None
    """Of the forward target."""
    problem: str | None = None
    """Why a store that is there could not be read."""


def _read_log(settings: Settings, reader: Reader | None) -> _Log:
    own = None
    try:
        if reader is None:
            reader = own = Reader(settings.db)
        with reader.connect() as connection:
            totals = read_totals_of(connection, url) if (url := _target(settings)) else None
            return _Log(read_statistics(connection), totals)
    except StoreMissingError:
        return _Log()
    except StoreError as error:
        return _Log(problem=str(error))
    finally:
        if own is not None:
            own.close()


def _store(settings: Settings, problem: str | None, opened: tuple[int, int] | None) -> StoreFacts:
    makes_folder = makes_store_folder(settings)
    return read_store_files(settings.db, problem=problem, opened=opened, makes_folder=makes_folder)


def _retention(settings: Settings, runtime: Runtime | None) -> RetentionFacts:
    state = runtime.service.retention if runtime else None
    return RetentionFacts(limits=settings.limits, state=state)


def _secret(
    settings: Settings, runtime: Runtime | None, around: Surroundings, unusable: str | None
) -> SecretFacts:
    found = read_secret(settings, around.env_file, around.environ, unusable)
    if runtime is None:
        return found
    news = runtime.secret_news
    return replace(
        found, adopted_at=news.adopted_at, unreadable=news.problem, authentic=news.authentic
    )


def _own_receiver(runtime: Runtime) -> ReceiverFacts:
    service = runtime.service
    alive, processor = service.alive, service.processor
    return ReceiverFacts(
        url=runtime.url,
        port=PortState.OWN,
        alive=alive,
        started_at=runtime.started_at,
        loop_ms=_loop_ms(runtime) if alive else None,
        writer_alive=runtime.database.alive,
        workers=service.workers,
        processor_running=processor.running,
        processor_problem=processor.problem,
    )


def _other_receiver(settings: Settings, presence: Presence | None) -> ReceiverFacts:
    """The receiver of another process, or the port where one would listen."""
    url = presence.url if presence is not None else settings.webhook_url
    return ReceiverFacts(
        url=url,
        port=look_at_port(url),
        holder=find_holder(settings.db),
        announced=presence is not None,
    )


def _loop_ms(runtime: Runtime) -> float | None:
    """How long the receiver's loop takes to come round to something new."""
    started = time.perf_counter()
    future = runtime.service.submit(asyncio.sleep(0))
    try:
        future.result(_LOOP_S)
    except TimeoutError:
        return None
    return (time.perf_counter() - started) * 1000


def _target(settings: Settings) -> str | None:
    """The first target; the others are in the status line and `forwards`."""
    targets = settings.forward_settings.targets
    return targets[0].url if targets else None


class _TargetLook:
    """A look at the forward target, under way from construction: it may not answer for long."""

    def __init__(self, settings: Settings) -> None:
        self._url = url = _target(settings)
        self._errand = Errand(lambda: look_at_target(url, _TARGET_S)) if url else None

    def finish(self, totals: TargetTotals | None) -> ForwardFacts | None:
        """What was found, after a second at most; None where nothing is to be passed on."""
        if self._url is None or self._errand is None:
            return None
        return ForwardFacts(self._url, self._errand.wait(_TARGET_S, TargetState.SILENT), totals)
