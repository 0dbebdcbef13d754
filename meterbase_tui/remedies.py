"""Carries out what a troubleshooting check proposes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from meterbase_tui.checking.inspector import InspectorError
from meterbase_tui.recovery import look_for_missed, recover, sum_up
from meterbase_tui.reverifying import reverify
from meterbase_tui.reverifying import sum_up as tell_reverified
from receiver.checks import ActionKind
from receiver.checks.wording import count
from receiver.operations import perform
from receiver.tunnel import Problem, install_agent
from store.forward_records import ForwardState
from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from meterbase_tui.runtime import Runtime
    from receiver.checks import Action
    from receiver.tunnel.inspection import SeenRequest
    from store.records import Json


async def carry_out(action: Action, runtime: Runtime) -> str | None:
    """Does what an action says to the store or the tunnel.

    Returns:
        What was done, as a sentence; None for an action that only the screen can do.

    Raises:
        StoreError: the store could not be read or written; nothing was changed.
    """
    deed = _DEEDS.get(action.kind)
    return None if deed is None else await deed(action, runtime)


async def _register_connection(action: Action, runtime: Runtime) -> str:
    await _perform(runtime, "register_connection", connection_id=action.connection_id)
    return f"Registered {action.connection_id}. {await _reprocess(runtime, 'ignored')}"


async def _link_property(action: Action, runtime: Runtime) -> str:
    await _perform(
        runtime,
        "link_property",
        connection_id=action.connection_id,
        property_id=action.property_id,
    )
    return f"Linked {action.property_id}. {await _reprocess(runtime, 'ignored')}"


async def _reprocess_failed(_: Action, runtime: Runtime) -> str:
    return await _reprocess(runtime, "failed")


async def _reprocess_ignored(_: Action, runtime: Runtime) -> str:
    return await _reprocess(runtime, "ignored")


async def _restart_tunnel(_: Action, runtime: Runtime) -> str:
    await asyncio.to_thread(runtime.tunnel.restart)
    return "The tunnel is starting anew."


async def _recover_requests(_: Action, runtime: Runtime) -> str:
    url = runtime.tunnel.status.inspector_url
    if url is None:
        return "The tunnel's agent does not run any more, and what it had seen is gone with it."
    try:
        missed = await asyncio.to_thread(_look_for_missed, url, runtime.database.path)
    except InspectorError as error:
        return str(error)
    done = await asyncio.wrap_future(runtime.service.submit(recover(missed, runtime.url)))
    return sum_up(len(missed), done)


def _look_for_missed(inspector_url: str, store: Path) -> list[SeenRequest]:
    with closing(Reader(store)) as reader:
        return look_for_missed(inspector_url, reader, datetime.now(UTC))


async def _install_agent(_: Action, runtime: Runtime) -> str:
    cancelled = threading.Event()
    try:
        made = await asyncio.to_thread(
            install_agent, runtime.settings.tunnel_settings, cancelled=cancelled
        )
    except asyncio.CancelledError:
        # A thread cannot be cancelled, and the program would wait for it.
        cancelled.set()
        raise
    if isinstance(made, Problem):
        return f"{made.sentence} {made.cure}"
    await asyncio.to_thread(runtime.tunnel.restart)
    return f"Installed ngrok {made.version} as {made.path}. The tunnel is starting anew."


async def requeue_forwards(runtime: Runtime) -> int:
    """Sends everything anew that failed at a forward target or is held; how much there was.

    Raises:
        StoreUnavailableError: the store could not be written; nothing was changed.
    """
    number = 0
    for before in (ForwardState.HELD, ForwardState.FAILED):
        after = ForwardState.WAITING
        moved = await _perform(runtime, "change_forwards", before=before.value, after=after.value)
        number += moved if isinstance(moved, int) else 0
    runtime.service.requeue_forwards()
    return number


async def _reverify(_: Action, runtime: Runtime) -> str:
    done = [
        each
        async for each in reverify(runtime.database.path, runtime.settings.secrets, runtime.url)
    ]
    runtime.recount_authentic()
    return tell_reverified(done)


async def _retry_forwards(_: Action, runtime: Runtime) -> str:
    return describe_requeue(await requeue_forwards(runtime))


def describe_requeue(number: int) -> str:
    """How much will be passed on again, as a sentence."""
    return f"{count(number, 'delivery', 'deliveries')} will be passed on again."


async def _reprocess(runtime: Runtime, state: str) -> str:
    found = await _perform(runtime, "reprocess", states=[state])
    runtime.service.wake_processor()
    number = len(found) if isinstance(found, list) else 0
    return f"{count(number, f'{state} event')} will be processed again."


async def _perform(runtime: Runtime, operation: str, **arguments: Any) -> Json:
    future = runtime.database.write(lambda connection: perform(connection, operation, arguments))
    return await asyncio.wrap_future(future)


_DEEDS: dict[ActionKind, Callable[[Action, Runtime], Awaitable[str]]] = {
    ActionKind.REGISTER_CONNECTION: _register_connection,
    ActionKind.LINK_PROPERTY: _link_property,
    ActionKind.REPROCESS_FAILED: _reprocess_failed,
    ActionKind.REPROCESS_IGNORED: _reprocess_ignored,
    ActionKind.REVERIFY: _reverify,
    ActionKind.RETRY_FORWARDS: _retry_forwards,
    ActionKind.RESTART_TUNNEL: _restart_tunnel,
    ActionKind.RECOVER_REQUESTS: _recover_requests,
    ActionKind.INSTALL_AGENT: _install_agent,
}
