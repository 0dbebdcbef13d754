"""Carries out what a troubleshooting check proposes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from meterbase_tui.checking.missed_requests import InspectorError
from meterbase_tui.receiving.recovery import look_for_missed, recover, sum_up
from meterbase_tui.receiving.reverifying import reverify
from meterbase_tui.receiving.reverifying import sum_up as tell_reverified
from receiver.checks import ActionKind
from receiver.checks.wording import count
from receiver.tunnel import Problem, install_agent
from store.forwarding.forward_records import ForwardState
from store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from meterbase_tui.receiving.links import ReceiverLink
    from receiver.checks import Action
    from receiver.tunnel.inspection import SeenRequest


async def carry_out(action: Action, link: ReceiverLink) -> str | None:
    """Does what an action says to the store or the tunnel.

    Returns:
        What was done, as a sentence; None for an action that only the screen can do.

    Raises:
        StoreError: the store could not be read or written; nothing was changed.
    """
    deed = _DEEDS.get(action.kind)
    return None if deed is None else await deed(action, link)


async def _register_connection(action: Action, link: ReceiverLink) -> str:
    await link.perform("register_connection", connection_id=action.connection_id)
    return f"Registered {action.connection_id}. {await _reprocess(link, 'ignored')}"


async def _link_property(action: Action, link: ReceiverLink) -> str:
    await link.perform(
        "link_property",
        connection_id=action.connection_id,
        property_id=action.property_id,
    )
    return f"Linked {action.property_id}. {await _reprocess(link, 'ignored')}"


async def _reprocess_failed(_: Action, link: ReceiverLink) -> str:
    return await _reprocess(link, "failed")


async def _reprocess_ignored(_: Action, link: ReceiverLink) -> str:
    return await _reprocess(link, "ignored")


async def _restart_tunnel(_: Action, link: ReceiverLink) -> str:
    await link.restart_tunnel()
    return "The tunnel is starting anew."


async def _recover_requests(_: Action, link: ReceiverLink) -> str:
    url = link.tunnel.inspector_url if link.tunnel else None
    if url is None:
        return "The tunnel's agent does not run any more, and what it had seen is gone with it."
    try:
        missed = await asyncio.to_thread(_look_for_missed, url, link.settings.db)
    except InspectorError as error:
        return str(error)
    done = await link.run(recover(missed, link.url))
    return sum_up(len(missed), done)


def _look_for_missed(inspector_url: str, store: Path) -> list[SeenRequest]:
    with closing(Reader(store)) as reader:
        return look_for_missed(inspector_url, reader, datetime.now(UTC))


async def _install_agent(_: Action, link: ReceiverLink) -> str:
    cancelled = threading.Event()
    try:
        made = await asyncio.to_thread(
            install_agent, link.settings.tunnel_settings, cancelled=cancelled
        )
    except asyncio.CancelledError:
        # A thread cannot be cancelled, and the program would wait for it.
        cancelled.set()
        raise
    if isinstance(made, Problem):
        return f"{made.sentence} {made.cure}"
    await link.restart_tunnel()
    return f"Installed ngrok {made.version} as {made.path}. The tunnel is starting anew."


async def requeue_forwards(link: ReceiverLink) -> int:
    """Sends everything anew that failed at a forward target or is held; how much there was.

    Raises:
        StoreUnavailableError: the store could not be written; nothing was changed.
    """
    number = 0
    for before in (ForwardState.HELD, ForwardState.FAILED):
        after = ForwardState.WAITING
        moved = await link.perform("change_forwards", before=before.value, after=after.value)
        number += moved if isinstance(moved, int) else 0
    return number


async def _reverify(_: Action, link: ReceiverLink) -> str:
    settings = link.settings
    done = [each async for each in reverify(settings.db, settings.secrets, link.url)]
    link.recount_authentic()
    return tell_reverified(done)


async def _retry_forwards(_: Action, link: ReceiverLink) -> str:
    return describe_requeue(await requeue_forwards(link))


def describe_requeue(number: int) -> str:
    """How much will be passed on again, as a sentence."""
    return f"{count(number, 'delivery', 'deliveries')} will be passed on again."


async def _reprocess(link: ReceiverLink, state: str) -> str:
    found = await link.perform("reprocess", states=[state])
    number = len(found) if isinstance(found, list) else 0
    return f"{count(number, f'{state} event')} will be processed again."


_DEEDS: dict[ActionKind, Callable[[Action, ReceiverLink], Awaitable[str]]] = {
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
