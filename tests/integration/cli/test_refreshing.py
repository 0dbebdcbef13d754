"""A sync, as the command sees it: refreshed, resumed after a kill, and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import wait_until
from tests.stand_ins.propexo_api import TOKEN, Fault, PropexoApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Cli = Any
    Listen = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def api() -> Iterator[PropexoApi]:
    with PropexoApi() as server:
        for number in range(1, 601):
            server.put_unit(f"unit_{number:04}")
        server.put_lease("lease_1", "unit_0001", residents=3)
        server.put_lease("lease_2", "unit_0002", residents=1)
        yield server


def surroundings(api: PropexoApi) -> dict[str, str]:
    return {"PROPEXO_API_URL": api.url, "PROPEXO_API_KEY": TOKEN}


def test_a_refresh_that_was_killed_in_the_middle_is_run_again(
    cli: Cli, listening: Listen, api: PropexoApi
) -> None:
    api.faults.extend([None, Fault(seconds=30)])
    with listening(**surroundings(api)) as running:
        cli("send", "sync_complete", "--url", running.url)
        wait_until(lambda: len(api.asked) == 2, "the second page is being fetched")
        running.process.kill()
        running.process.wait(60)
        db = running.db
    assert cli("units", "--db", db, "--json").lines == []
    [event] = cli("events", "--db", db, "--json").lines
    assert event["state"] == "processing"
    with listening(**surroundings(api)) as running:
        ended = running.wait_for(type="outcome", event="sync.complete")
        assert (ended["id"], ended["outcome"]) == (event["id"], "refreshed")
    assert len(cli("units", "--db", db, "--json", "--limit", "0").lines) == 600
    [refresh] = cli("refreshes", "--db", db, "--json").lines
    assert (refresh["state"], refresh["units"], refresh["created"]) == ("done", 600, 600)
    assert "seconds_left" in refresh
    assert cli("show", "event", event["id"], "--db", db, "--json").document["refresh"] == refresh
    assert TOKEN not in cli("show", "event", event["id"], "--db", db).out
    assert TOKEN.encode() not in b"".join(each.read_bytes() for each in cli.home.glob("listen.db*"))


def test_without_an_api_a_sync_is_skipped_and_says_what_to_do(cli: Cli, listening: Listen) -> None:
    with listening(METERBASE_SAMPLE_CONNECTION="1") as running:
        body = (
            b'{"event":"sync.complete","timestamp":"2026-03-25T16:00:00Z","connection_id":"conn_x"}'
        )
        cli("connections", "add", "conn_x", "--db", running.db)
        cli("send", "-", "--url", running.url, stdin=body)
        ended = running.wait_for(type="outcome", event="sync.complete")
    assert (ended["state"], ended["outcome"]) == ("processed", "skipped")
    assert "PROPEXO_API_URL and PROPEXO_API_KEY" in ended["error"]


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("http://api.example.com", True),
        ("https://api.example.com", False),
        ("http://127.0.0.1:9", False),
        ("HTTP://api.example.com", True),
    ],
)
def test_the_key_is_never_sent_in_the_clear(cli: Cli, url: str, refused: bool) -> None:
    ended = cli("config", PROPEXO_API_URL=url, PROPEXO_API_KEY=TOKEN)
    assert (ended.code, TOKEN in ended.out + ended.err) == (2 if refused else 0, False)
    assert ("unencrypted" in ended.err) is refused


def test_half_of_an_api_is_a_warning(cli: Cli) -> None:
    ended = cli("secret", PROPEXO_API_KEY=TOKEN)
    assert "PROPEXO_API_KEY is of no use without PROPEXO_API_URL" in ended.err
