"""Opens everything that works behind the screen, in order, and closes it in reverse.

The TUI, `listen` and the tests share it. Nothing in it knows a terminal.
"""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

from meterbase_tui.journal import keep_journal
from meterbase_tui.journal.narration import tell_end, tell_start, tell_target, tell_tunnel
from meterbase_tui.receiving.presence import Announcement
from meterbase_tui.receiving.refresh_sources import RefreshSources
from meterbase_tui.receiving.secret_watch import SecretNews, SecretWatch
from meterbase_tui.settings import ensure_secret, ensure_store_folder
from receiver import clock
from receiver.arrival.port import Address
from receiver.service import ReceiverService, ReceiverSettings
from receiver.tunnel import TunnelStatus, open_tunnel, webhook_url
from sample_payloads import pms
from store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth

_S = TypeVar("_S")
_log = logging.getLogger(__name__)
_TURN_S = 0.0005
"""After how long a thread that computes lets another on, instead of 5 ms: an acknowledgement goes
from the receiver to the writer and back, and at each step it may have to wait for its turn."""
RESTART_TUNNEL = "restart_tunnel"
"""What a command asks a running receiver for."""


def _ignore(status: object) -> None:
    """For callers that look at a state when they want to."""
    del status


def _both(first: Callable[[_S], None], second: Callable[[_S], None]) -> Callable[[_S], None]:
    """Tells two listeners of a state."""

    def tell(state: _S) -> None:
        first(state)
        second(state)

    return tell


def _simulate() -> pms.SimulatedPms:
    """Imported when it is asked for: most runs never do."""
    return pms.SimulatedPms()


class Runtime:
    """An open store, a listening receiver and a tunnel on its way."""

    def __init__(
        self,
        settings: Settings,
        on_tunnel: Callable[[TunnelStatus], None],
        on_target: Callable[[TargetHealth], None],
        reload: Callable[[], Settings] | None,
        stack: ExitStack,
    ) -> None:
        self.journal = stack.enter_context(keep_journal(settings))
        """The program's own log, if one is kept."""
        _log.debug("Opening the store %s", settings.db)
        stack.callback(tell_end)
        self.database = Database(settings.db, with_sample=settings.sample_connection)
        stack.callback(self.database.close)
        # Only beside a store that is ours.
        self.settings = settings = ensure_secret(settings)
        self._conceal(settings)
        self.service = self._open_service(on_target)
        stack.callback(self.service.close)
        self._watch = SecretWatch(settings, reload, self._adopt)
        stack.callback(self._watch.close)
        # Last up, first down: nothing is sent here that nobody receives.
        self.announcement = Announcement(settings.db, self.service.address.url)
        self.tunnel = open_tunnel(
            settings.tunnel_settings,
            self.service.address.port,
            self.announcement.telling(_both(tell_tunnel, on_tunnel)),
        )
        stack.callback(self.tunnel.stop)
        self.announcement.note(self.tunnel.status)
        self.service.offer(RESTART_TUNNEL, self.tunnel.restart)
        tell_start(settings, self.url)
        sys.setswitchinterval(_TURN_S)
        self.tunnel.start()
        self.started_at = clock.now()
        """When all of it worked."""

    def _open_service(self, on_target: Callable[[TargetHealth], None]) -> ReceiverService:
        settings = self.settings
        return ReceiverService(
            self.database,
            settings.secrets,
            Address(settings.host, settings.port),
            ReceiverSettings(
                max_body=settings.max_body,
                forward=settings.forward_settings,
                sources=RefreshSources(settings, _simulate),
                allocation=settings.allocation,
                limits=settings.limits,
            ),
            _both(tell_target, on_target),
        )

    @property
    def secret_news(self) -> SecretNews:
        """What became of the secret since the start, and what it proves now."""
        return self._watch.news

    def recount_authentic(self) -> None:
        """Refused deliveries were sent again."""
        self._watch.recount()

    def _conceal(self, settings: Settings) -> None:
        if self.journal is not None:
            self.journal.conceal(settings)

    def _adopt(self, settings: Settings) -> None:
        self._conceal(settings)
        _log.info("Another secret is in force")
        self.settings = settings
        self.service.adopt(settings.secrets)

    @property
    def url(self) -> str:
        """Where deliveries are posted to on this machine."""
        return self.service.address.url

    @property
    def public_url(self) -> str | None:
        """The address to paste into Propexo's dashboard; None while there is none."""
        return webhook_url(self.tunnel.status)


@contextmanager
def open_runtime(
    settings: Settings,
    on_tunnel: Callable[[TunnelStatus], None] = _ignore,
    on_target: Callable[[TargetHealth], None] = _ignore,
    reload: Callable[[], Settings] | None = None,
) -> Iterator[Runtime]:
    """A runtime for as long as the block lasts; closed within seconds, whatever ends the block.

    Args:
        settings: what the user set; a secret is generated when there is none.
        on_tunnel: told of every change of the tunnel's state, on the tunnel's thread.
        on_target: told of every change of a forward target's state, on the receiver's thread.
        reload: reads the settings anew when a file with the secret has changed; without it, the
            secret stays the one of the start.

    Raises:
        SettingsError: the store's folder or the secret's file cannot be made.
        StoreError: the store is in use, damaged, foreign, newer or cannot be written.
        PortError: the port cannot be opened.
    """
    ensure_store_folder(settings)
    with ExitStack() as stack:
        yield Runtime(settings, on_tunnel, on_target, reload, stack)
