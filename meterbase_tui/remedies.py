"""Carries out what a troubleshooting check proposes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from receiver.checks import ActionKind
from receiver.operations import perform

if TYPE_CHECKING:
    from meterbase_tui.runtime import Runtime
    from receiver.checks import Action
    from store.records import Json


async def carry_out(action: Action, runtime: Runtime) -> str | None:
    """Does what an action says to the store or the tunnel.

    Returns:
        What was done, as a sentence; None for an action that only the screen can do.

    Raises:
        StoreUnavailableError: the store could not be written; nothing was changed.
    """
    if action.kind is ActionKind.REGISTER_CONNECTION:
        await _perform(runtime, "register_connection", connection_id=action.connection_id)
        again = await _reprocess(runtime, "ignored")
        return f"Registered {action.connection_id}. {again}"
    if action.kind is ActionKind.LINK_PROPERTY:
        await _perform(
            runtime,
            "link_property",
            connection_id=action.connection_id,
            property_id=action.property_id,
        )
        again = await _reprocess(runtime, "ignored")
        return f"Linked {action.property_id}. {again}"
    if action.kind is ActionKind.REPROCESS_FAILED:
        return await _reprocess(runtime, "failed")
    if action.kind is ActionKind.REPROCESS_IGNORED:
        return await _reprocess(runtime, "ignored")
    if action.kind is ActionKind.RESTART_TUNNEL:
        await asyncio.to_thread(runtime.tunnel.restart)
        return "The tunnel is starting anew."
    return None


async def _reprocess(runtime: Runtime, state: str) -> str:
    found = await _perform(runtime, "reprocess", states=[state])
    runtime.service.wake_processor()
    count = len(found) if isinstance(found, list) else 0
    return f"{count:,} {state} event{'' if count == 1 else 's'} will be processed again."


async def _perform(runtime: Runtime, operation: str, **arguments: Any) -> Json:
    future = runtime.database.write(lambda connection: perform(connection, operation, arguments))
    return await asyncio.wrap_future(future)
