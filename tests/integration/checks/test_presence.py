from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.checking import Surroundings, gather_facts
from meterbase_tui.receiving.presence import Announcement, presence_path, read_presence
from receiver.checks.facts import PortState
from receiver.tunnel import Problem, ProviderName, TunnelState, TunnelStatus
from store.safekeeping.holder import find_holder
from tests.conftest import PATH, wait_until

if TYPE_CHECKING:
    from meterbase_tui.settings import Settings
    from receiver.checks import Facts
    from tests.conftest import Bench

DEEP = b'{"pid":' * 9_000
HOLDER = """
import sys, time
from pathlib import Path
from store.database import Database
database = Database(Path(sys.argv[1]))
print("ready", flush=True)
time.sleep(600)
"""


def status(url: str | None, state: TunnelState = TunnelState.ONLINE) -> TunnelStatus:
    problem = None if url else Problem("no_network", "It is gone.", "Wait.", None)
    since = datetime(2026, 3, 25, 12, tzinfo=UTC)
    return TunnelStatus(state, url, problem, ProviderName.NGROK, since, None, "http://127.0.0.1:1")


def test_a_receiver_says_what_it_is_while_it_holds_the_store(bench: Bench) -> None:
    store = bench.settings.db
    opened = read_presence(store)
    assert opened is not None
    assert (opened.pid, opened.url) == (os.getpid(), bench.url)
    said: list[TunnelStatus] = []
    tell = Announcement(store, bench.url).telling(said.append)
    found = read_presence(store)
    assert found is not None
    assert (found.pid, found.url, found.tunnel) == (os.getpid(), bench.url, None)
    online = status("https://a.example")
    tell(online)
    found = read_presence(store)
    assert found is not None
    assert found.tunnel == online
    assert said == [online]
    assert presence_path(store).stat().st_mode & 0o777 == 0o600


def test_the_address_before_is_remembered_over_breaks_and_restarts(bench: Bench) -> None:
    store = bench.settings.db

    def addresses() -> tuple[str | None, str | None]:
        found = read_presence(store)
        assert found is not None
        return found.last_url, found.earlier_url

    first = Announcement(store, bench.url)
    for url in ("https://a.example", None, "https://a.example"):
        first.note(status(url, TunnelState.ONLINE if url else TunnelState.RECONNECTING))
    assert addresses() == ("https://a.example", None)
    second = Announcement(store, bench.url)
    assert addresses() == ("https://a.example", None)
    second.note(status("https://b.example"))
    assert addresses() == ("https://b.example", "https://a.example")


def test_a_description_of_a_receiver_that_is_gone_is_none(bench: Bench) -> None:
    store = bench.settings.db
    Announcement(store, bench.url)
    path = presence_path(store)
    path.write_text(path.read_text().replace(f'"pid": {os.getpid()}', '"pid": 1'))
    assert read_presence(store) is None


def test_what_another_receiver_says_counts_for_its_tunnel(bench: Bench) -> None:
    """As `doctor` sees it: from the store's file only, with settings of its own."""
    announcement = Announcement(bench.settings.db, bench.url)
    mine = replace(bench.settings, tunnel=ProviderName.AUTO, port=1)

    def facts() -> Facts:
        return gather_facts(mine, surroundings=Surroundings(environ={"HOME": "/"}))

    online = status("https://a.example")
    announcement.note(replace(online, provider=ProviderName.COMMAND))
    found = facts()
    assert found.receiver.url == bench.url
    assert found.receiver.port is PortState.OPEN
    assert found.tunnel.webhook_url == f"https://a.example{PATH}"
    assert found.tunnel.provider is ProviderName.COMMAND
    announcement.note(replace(online, provider=ProviderName.NGROK, public_url="https://b.example"))
    found = facts()
    assert found.tunnel.provider is ProviderName.AUTO
    assert found.tunnel.agent is not None
    assert found.tunnel.earlier_url == "https://a.example"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"pid": 1}', DEEP], ids=len)
def test_a_description_that_makes_no_sense_is_none(bench: Bench, content: bytes) -> None:
    presence_path(bench.settings.db).write_bytes(content)
    assert read_presence(bench.settings.db) is None


def test_another_process_that_holds_the_store(settings: Settings, tmp_path: Path) -> None:
    store = settings.db
    assert find_holder(store) is None
    command = [sys.executable, "-c", HOLDER, str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert find_holder(store) == process.pid
        link = tmp_path / "link.db"
        link.symlink_to(store)
        assert find_holder(link) == process.pid
        # Where the kernel lists no locks, a living process that wrote its number is the holder.
        assert find_holder(store, tmp_path / "no-such-list") == process.pid
        facts = gather_facts(settings, surroundings=Surroundings(environ={}))
        assert facts.receiver.holder == process.pid
        assert facts.receiver.port is PortState.CLOSED
        process.kill()
        process.wait(30)
    wait_until(lambda: find_holder(store) is None, "the lock is free")
    assert find_holder(store, tmp_path / "no-such-list") is None


def test_asking_never_takes_the_lock(settings: Settings) -> None:
    lock = settings.db.with_name(settings.db.name + ".lock")
    lock.write_text(str(os.getpid()))
    before = lock.stat()
    assert find_holder(settings.db) is None
    after = lock.stat()
    assert (after.st_mtime_ns, after.st_ino, after.st_size) == (
        before.st_mtime_ns, before.st_ino, before.st_size,
    )  # fmt: skip
    lock.write_text("not a number")
    assert find_holder(settings.db) is None
