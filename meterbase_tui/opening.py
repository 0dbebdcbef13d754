"""Opens what the screen works with while its frame stands.

The frame takes Textual alone. The store's SQL and the receiver's HTTP take longer to import than
that does, so they are imported here, on a thread, when something is to be seen already.
"""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from meterbase_tui.desk import Desk
    from meterbase_tui.receiving.links import ReceiverLink
    from meterbase_tui.settings import Settings


class Opening:
    """A desk on its way. Whoever makes one closes it, also when it was never opened."""

    def __init__(
        self, settings: Settings, link: Callable[[], AbstractContextManager[ReceiverLink]]
    ) -> None:
        """Opens nothing yet.

        Args:
            settings: what the user set.
            link: gives the receiver, for as long as the screen is there.
        """
        self.settings = settings
        self._link = link
        self._stack = ExitStack()

    def open(self) -> Desk:
        """Opens everything, in order. Blocks; any thread may call it, once.

        Raises:
            SettingsError, StoreError, PortError: what could not be opened, as a sentence.
        """
        # Beside the rest: a third of it is reading certificates, which needs no interpreter.
        Thread(target=import_module, args=("aiohttp",), name="imports", daemon=True).start()
        # The receiver first: what is delivered meanwhile is taken.
        link = self._stack.enter_context(self._link())
        # All of the rest comes with it, and none of it on the screen's own thread.
        import_module("meterbase_tui.screens.dashboard")
        from meterbase_tui.desk import Desk  # noqa: PLC0415
        from meterbase_tui.queries.reading import Reading  # noqa: PLC0415

        reading = self._stack.enter_context(closing(Reading(link.settings.db)))
        return self._stack.enter_context(closing(Desk(link, reading)))

    def close(self) -> None:
        """Closes what was opened, in reverse."""
        self._stack.close()


def open_own(settings: Settings, reload: Callable[[], Settings]) -> Opening:
    """The receiver of this process.

    Args:
        settings: what the user set.
        reload: reads the settings anew.
    """

    @contextmanager
    def link() -> Iterator[ReceiverLink]:
        from meterbase_tui.receiving.links import OwnReceiver  # noqa: PLC0415
        from meterbase_tui.runtime import open_runtime  # noqa: PLC0415

        with open_runtime(settings, reload=reload) as runtime:
            yield OwnReceiver(runtime)

    return Opening(settings, link)


def open_other(settings: Settings) -> Opening:
    """The receiver of another process, which has the store open; this one reads only."""

    @contextmanager
    def link() -> Iterator[ReceiverLink]:
        from meterbase_tui.receiving.links import OtherReceiver  # noqa: PLC0415

        yield OtherReceiver(settings)

    return Opening(settings, link)
