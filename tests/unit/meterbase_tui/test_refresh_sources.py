"""Where a refresh fetches from, by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from meterbase_tui.receiving.refresh_sources import RefreshSources
from meterbase_tui.settings import Settings
from receiver.refreshing.sources import RefusedError, Source


@dataclass
class Simulation:
    started: int = 0
    stopped: int = 0
    token: str = "simulated"

    async def start(self) -> str:
        self.started += 1
        return "http://127.0.0.1:9"

    async def stop(self) -> None:
        self.stopped += 1


BARE = Settings(db=Path("/nowhere"))
SET = Settings(db=Path("/nowhere"), api_url="https://api.example.com", api_key="key")


async def test_an_api_serves_every_connection() -> None:
    simulation = Simulation()
    sources = RefreshSources(SET, lambda: simulation)
    for connection_id in ("conn_abc123", "another"):
        assert sources.refuse(connection_id) is None
        assert await sources.open(connection_id) == Source("https://api.example.com", "key")
    await sources.close()
    assert (simulation.started, simulation.stopped) == (0, 0)


async def test_without_one_the_sample_connection_is_simulated() -> None:
    simulation = Simulation()
    sources = RefreshSources(BARE, lambda: simulation)
    assert sources.refuse("conn_abc123") is None
    assert "PROPEXO_API_URL" in (sources.refuse("another") or "")
    found = Source("http://127.0.0.1:9", "simulated")
    assert [await sources.open("conn_abc123") for _ in range(2)] == [found, found]
    with pytest.raises(RefusedError):
        await sources.open("another")
    await sources.close()
    assert (simulation.started, simulation.stopped) == (1, 1)


@pytest.mark.parametrize(
    "settings",
    [
        BARE,
        Settings(db=Path("/nowhere"), api_url="https://api.example.com"),
        Settings(db=Path("/nowhere"), api_key="key"),
    ],
)
def test_without_either_there_is_none(settings: Settings) -> None:
    assert "PROPEXO_API_KEY" in (RefreshSources(settings).refuse("conn_abc123") or "")


def test_a_key_is_in_no_text() -> None:
    assert "key" not in repr(Source("https://api.example.com", "key"))
