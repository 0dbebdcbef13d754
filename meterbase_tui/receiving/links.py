"""The receiver as the screen sees it: the one in this process, or the one that another holds.

The screen knows no runtime. What it needs of a receiver is few: where it is, how it is, a way to
send to it and a way to have something changed in its store.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from meterbase_tui.receiving.presence import read_presence
from meterbase_tui.receiving.secret_watch import SecretNews
from meterbase_tui.runtime import RESTART_TUNNEL
from meterbase_tui.settings import with_known_secret
from receiver.control import request_deed
from receiver.operations import perform
from receiver.tunnel import webhook_url

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from meterbase_tui.receiving.presence import Presence
    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel import TunnelStatus
    from store.records import Json

T = TypeVar("T")


class ReceiverLink(Protocol):
    """A receiver and its store."""

    @property
    def settings(self) -> Settings:
        """Those in force, as far as this process knows them."""

    @property
    def runtime(self) -> Runtime | None:
        """The receiver itself, if it runs in this process: checks look at it more closely."""

    @property
    def url(self) -> str:
        """Where deliveries are posted to on this machine."""

    @property
    def public_url(self) -> str | None:
        """The address to paste into Propexo's dashboard; None while there is none."""

    @property
    def tunnel(self) -> TunnelStatus | None:
        """How the tunnel is; None where nothing is known of one."""

    @property
    def has_first_address(self) -> bool:
        """Whether there is a public address, the first that this store's receiver ever had."""

    @property
    def problem(self) -> str | None:
        """Why nothing is received or processed, as a sentence; None while all is well."""

    @property
    def targets(self) -> tuple[TargetHealth, ...]:
        """How the targets are that deliveries are passed on to; none where nothing is known."""

    @property
    def secret_news(self) -> SecretNews:
        """What became of the secret since the start."""

    def recount_authentic(self) -> None:
        """Refused deliveries were sent again."""

    def look(self) -> None:
        """Finds out anew what the properties say. May read files: call it off the screen's loop."""

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs what sends to the receiver, where it does not hold the screen up."""

    async def perform(self, operation: str, **arguments: Any) -> Json:
        """Has something changed in the store; see `receiver.operations`.

        Raises:
            StoreError: the store or its receiver did not do it; nothing was changed.
        """

    async def restart_tunnel(self) -> None:
        """Starts the tunnel anew.

        Raises:
            StoreUnavailableError: the receiver that has it did not answer.
        """


class OwnReceiver:
    """The receiver of this process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime: Runtime | None = runtime
        self._own = runtime

    @property
    def settings(self) -> Settings:
        """See `ReceiverLink`: another secret may be put in force while it runs."""
        return self._own.settings

    @property
    def url(self) -> str:
        """See `ReceiverLink`."""
        return self._own.url

    @property
    def public_url(self) -> str | None:
        """See `ReceiverLink`."""
        return self._own.public_url

    @property
    def tunnel(self) -> TunnelStatus | None:
        """See `ReceiverLink`."""
        return self._own.tunnel.status

    @property
    def has_first_address(self) -> bool:
        """See `ReceiverLink`."""
        return self._own.public_url is not None and self._own.announcement.first_address

    @property
    def problem(self) -> str | None:
        """See `ReceiverLink`."""
        processor = self._own.service.processor
        if not self._own.service.alive:
            return "The receiver has stopped. Restart the program."
        if not self._own.database.alive:
            return "The store's writer has ended; webhooks get 503. Restart the program."
        if not processor.running:
            return "Events are not being processed any more. Restart the program."
        return processor.problem

    @property
    def targets(self) -> tuple[TargetHealth, ...]:
        """See `ReceiverLink`."""
        return self._own.service.targets

    @property
    def secret_news(self) -> SecretNews:
        """See `ReceiverLink`."""
        return self._own.secret_news

    def recount_authentic(self) -> None:
        """See `ReceiverLink`."""
        self._own.recount_authentic()

    def look(self) -> None:
        """Nothing has to be looked up: the receiver is asked itself."""

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """On the receiver's loop."""
        return await asyncio.wrap_future(self._own.service.submit(coroutine))

    async def perform(self, operation: str, **arguments: Any) -> Json:
        """In a transaction of the writer."""
        result = await asyncio.wrap_future(
            self._own.database.write(lambda connection: perform(connection, operation, arguments))
        )
        self._own.service.wake_processor()
        self._own.service.requeue_forwards()
        return result

    async def restart_tunnel(self) -> None:
        """See `ReceiverLink`."""
        await asyncio.to_thread(self._own.tunnel.restart)


class OtherReceiver:
    """The receiver of another process, which has the store open; this one only reads it."""

    def __init__(self, settings: Settings) -> None:
        """Looks for it; without one, the store can be looked at all the same.

        Args:
            settings: which store it is. Nothing is generated: a secret that is not known here is
                none.
        """
        self.runtime: Runtime | None = None
        self.targets: tuple[TargetHealth, ...] = ()
        self.secret_news = SecretNews()
        self.settings, _ = with_known_secret(settings)
        self._presence: Presence | None = None
        self.look()

    def look(self) -> None:
        """Reads what the receiver says of itself."""
        self._presence = read_presence(self.settings.db)

    @property
    def url(self) -> str:
        """See `ReceiverLink`."""
        return self._presence.url if self._presence else self.settings.webhook_url

    @property
    def public_url(self) -> str | None:
        """See `ReceiverLink`."""
        return webhook_url(self.tunnel) if self.tunnel else None

    @property
    def tunnel(self) -> TunnelStatus | None:
        """See `ReceiverLink`."""
        return self._presence.tunnel if self._presence else None

    @property
    def has_first_address(self) -> bool:
        """The screen of the receiver itself tells of it."""
        return False

    @property
    def problem(self) -> str | None:
        """See `ReceiverLink`."""
        if self._presence is None:
            return "Nobody receives into this store now. Start meterbase-tui or its listen."
        return None

    def recount_authentic(self) -> None:
        """The receiver counts by itself."""

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """On the screen's loop: a replay is one small request."""
        return await coroutine

    async def perform(self, operation: str, **arguments: Any) -> Json:
        """Asks the receiver; this process never writes."""
        return await asyncio.to_thread(request_deed, self.settings.db, operation, arguments)

    async def restart_tunnel(self) -> None:
        """Asks the receiver."""
        await self.perform(RESTART_TUNNEL)
