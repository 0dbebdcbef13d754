"""Opening the receiver, and what it means for a command when it cannot be opened."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import port_failures
from meterbase_tui.runtime import open_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel import TunnelStatus


@contextmanager
def open_receiver(
    settings: Settings,
    on_tunnel: Callable[[TunnelStatus], None],
    on_target: Callable[[TargetHealth], None],
    reload: Callable[[], Settings],
) -> Iterator[Runtime]:
    """The receiver for as long as the block lasts.

    Raises:
        CommandError: its port cannot be opened.
        SettingsError, StoreError: as `open_runtime`.
    """
    with port_failures(), open_runtime(settings, on_tunnel, on_target, reload) as runtime:
        yield runtime
