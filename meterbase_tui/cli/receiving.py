"""Opening the receiver, and what it means for a command when it cannot be opened."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from meterbase_tui.cli.exits import CommandError, Exit
from meterbase_tui.runtime import open_runtime
from receiver.service import PortError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from receiver.forwarding.health import TargetHealth
    from receiver.tunnel import TunnelStatus


@contextmanager
def port_failures() -> Iterator[None]:
    """Turns a port that cannot be opened into a command's failure."""
    try:
        yield
    except PortError as error:
        in_use = getattr(error.__cause__, "errno", None) == errno.EADDRINUSE
        raise CommandError(str(error), Exit.IN_USE if in_use else Exit.USAGE) from error


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
