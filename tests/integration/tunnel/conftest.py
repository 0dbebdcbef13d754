from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from receiver.tunnel import TunnelSettings, TunnelState
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.tunnel_house import House, Upstream, Watch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Fails any test that leaves a process behind."""
    built = House(tmp_path)
    yield built
    wait_until(lambda: not built.processes.pids())
    wait_until(lambda: not list(built.state_dir.glob("running-*")))


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.close()


@pytest.fixture
def watch(house: House, upstream: Upstream) -> Iterator[Callable[..., Watch]]:
    watches: list[Watch] = []

    def begin(settings: TunnelSettings, **more: Any) -> Watch:
        watches.append(Watch(house, settings, upstream.port, **more))
        return watches[-1]

    yield begin
    for one in watches:
        with Stopwatch() as took:
            one.tunnel.stop()
        assert took.seconds < 2.5
        assert one.tunnel.status.state is TunnelState.OFF
