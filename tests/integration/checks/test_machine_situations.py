"""What is wrong with the receiver, its store and its tunnel: made for real, and cured again."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.checking.files import read_store_files
from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.tunnel import ProviderName, TunnelState
from store.database import Database
from tests.conftest import wait_until
from tests.integration.checks.conftest import judge, ping_body, require
from tests.stand_ins.stopwatch import Stopwatch
from tests.stand_ins.tunnel_house import TOKEN, House, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from meterbase_tui.settings import Settings
    from receiver.checks import Check
    from tests.conftest import Bench

PASS, WARN, FAIL, SKIP = CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL, CheckStatus.SKIP


def test_a_receiver_whose_loop_is_stuck(bench: Bench) -> None:
    name = CheckName.RECEIVER
    require(PASS, judge(bench, name), bench.url)
    release = threading.Event()

    async def hog() -> None:
        release.wait(60)

    stuck = bench.service.submit(hog())
    require(FAIL, judge(bench, name), "did not react within 1 s")
    release.set()
    stuck.result(30)
    require(PASS, judge(bench, name))
    # Whoever comes late to ask, or is held up in between, finds another state: once more then.
    found = [look_while_busy(bench) for _ in range(5)]
    require(WARN, next(each for each in found if each.status is WARN), "very busy")


def look_while_busy(bench: Bench) -> Check:
    busy = bench.service.submit(hog_for(0.7))
    found = judge(bench, CheckName.RECEIVER)
    busy.result(30)
    return found


async def hog_for(seconds: float) -> None:
    threading.Event().wait(seconds)


def test_a_store_that_is_taken_away_and_put_back(bench: Bench) -> None:
    name, path = CheckName.STORE, bench.settings.db
    require(PASS, judge(bench, name), str(path))
    aside = path.with_name("aside.db")
    path.rename(aside)
    require(FAIL, judge(bench, name), "moved, deleted or replaced", fix="Put it back")
    aside.rename(path)
    require(PASS, judge(bench, name))


def test_a_store_that_others_can_read(bench: Bench) -> None:
    bench.settings.db.chmod(0o644)
    require(WARN, judge(bench, CheckName.STORE), "mode 0644", fix="chmod 600")
    bench.settings.db.chmod(0o600)
    require(PASS, judge(bench, CheckName.STORE))


def test_a_body_whose_bytes_changed(bench: Bench) -> None:
    name = CheckName.STORE
    bench.deliver(ping_body(n=1))
    bench.deliver(ping_body(n=2))
    require(PASS, judge(bench, name, closely=True), "structure is sound", "bodies match")

    def flip(connection: Any, before: str, after: str) -> None:
        connection.exec_driver_sql(
            "UPDATE deliveries SET body = CAST(replace(body, ?, ?) AS BLOB) WHERE id = 2",
            (before, after),
        )

    bench.write(flip, "test.ping", "test.pong")
    found = require(FAIL, judge(bench, name, closely=True), "do not match their checksum: 2.")
    assert found.action is not None
    assert found.action.delivery_id == 2
    bench.write(flip, "test.pong", "test.ping")
    require(PASS, judge(bench, name, closely=True))


def test_a_damaged_store_without_a_receiver(settings: Settings) -> None:
    Database(settings.db).close()
    require(PASS, judge(settings, CheckName.STORE))
    whole = settings.db.read_bytes()
    settings.db.write_bytes(whole[:5_000] + b"\xff" * 20_000 + whole[25_000:])
    require(FAIL, judge(settings, CheckName.STORE), "damaged", str(settings.db))
    settings.db.write_bytes(b"this is no database at all, but a text" * 40)
    require(FAIL, judge(settings, CheckName.STORE), "not a database")
    settings.db.write_bytes(whole)
    require(PASS, judge(settings, CheckName.STORE))
    settings.db.unlink()
    require(SKIP, judge(settings, CheckName.STORE), "no store")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_nearly_full_or_read_only(
    small_disk: Path, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> None:
    with open_bench(db=small_disk / "store.db") as bench:
        require(FAIL, judge(bench, CheckName.STORE), "MB left", "503", fix="Free some space")
        subprocess.run(["mount", "-o", "remount,size=900m", str(small_disk)], check=True)
        require(PASS, judge(bench, CheckName.STORE))
        settings = bench.settings
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    require(FAIL, judge(settings, CheckName.STORE), "cannot be written", fix="permissions")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    require(PASS, judge(settings, CheckName.STORE))


@pytest.mark.parametrize(
    ("kind", "place", "expected"),
    [
        ("nfs4", "{folder}", "nfs4"),
        ("fuse.sshfs", "{folder}", "fuse.sshfs"),
        ("ext4", "{folder}", None),
        ("nfs4", "/elsewhere", None),
    ],
)
def test_a_network_file_system(
    settings: Settings, tmp_path: Path, kind: str, place: str, expected: str | None
) -> None:
    folder = settings.db.parent / "a b"
    folder.mkdir()
    mounts = tmp_path / "mounts"
    where = place.format(folder=str(folder).replace(" ", "\\040"))
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {where} {kind} rw 0 0\nodd line\n")
    found = read_store_files(folder / "store.db", mounts=mounts)
    assert found.network_file_system == expected


def test_a_write_ahead_log_that_a_reader_holds_up(bench: Bench) -> None:
    name, log = CheckName.STORE, bench.settings.db.with_name(bench.settings.db.name + "-wal")
    require(PASS, judge(bench, name))
    # Sparse, so that no disk is filled; SQLite takes no notice of a tail without frames.
    os.truncate(log, log.stat().st_size + (300 << 20))
    require(WARN, judge(bench, name), "write-ahead log", fix="Close")
    bench.deliver(ping_body())
    wait_until(lambda: not log.stat().st_size, "the log was emptied")
    require(PASS, judge(bench, name))


@pytest.fixture
def tunnel_bench(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> Callable[..., AbstractContextManager[Bench]]:
    """A receiver with the stand-in for ngrok's agent, in the scenario asked for."""
    house = House(tmp_path)

    def opened(**plan: Any) -> AbstractContextManager[Bench]:
        for name, value in house.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("NGROK_STAND_IN", json.dumps(plan))
        return open_bench(
            tunnel=ProviderName.NGROK, ngrok_path=house.agent(), ngrok_authtoken=TOKEN
        )

    return opened


def wait_for(bench: Bench, state: TunnelState) -> None:
    wait_until(lambda: bench.runtime.tunnel.status.state is state, state)


def test_a_tunnel_that_goes_and_comes_back(
    tunnel_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with tunnel_bench() as bench:
        wait_for(bench, TunnelState.ONLINE)
        require(PASS, judge(bench, CheckName.TUNNEL), "online by `ngrok`")
        inspector = bench.runtime.tunnel.status.inspector_url
        post(f"{inspector}/stand-in/drop")
        wait_for(bench, TunnelState.RECONNECTING)
        found = require(WARN, judge(bench, CheckName.TUNNEL), "reconnecting")
        assert found.action is not None
        assert found.action.kind is ActionKind.RESTART_TUNNEL
        closely = judge(bench, CheckName.PUBLIC_URL, closely=True)
        assert "nothing is connected" in closely.detail
        post(f"{inspector}/stand-in/restore")
        wait_for(bench, TunnelState.ONLINE)
        require(PASS, judge(bench, CheckName.TUNNEL))


def test_a_tunnel_that_is_refused(
    tunnel_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with tunnel_bench(scenario="refused", error=108) as bench:
        wait_for(bench, TunnelState.FAILED)
        require(FAIL, judge(bench, CheckName.TUNNEL), "as many agents", fix="err_ngrok_108")


def test_requests_that_reached_the_agent_while_the_receiver_was_down(
    tunnel_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    with tunnel_bench() as bench:
        wait_for(bench, TunnelState.ONLINE)
        url = bench.runtime.public_url
        assert url is not None
        require(PASS, judge(bench, CheckName.TUNNEL, closely=True))
        body = json.dumps(ping_body(n=1)).encode()
        port = next(iter(bench.service._runner.sites))
        bench.service.submit(port.stop()).result(30)
        with pytest.raises(OSError, match="502"):
            post(url, body)
        found = judge(bench, CheckName.TUNNEL, closely=True)
        require(WARN, found, "1 request reached the tunnel's agent", fix="tunnel recover")


@pytest.mark.parametrize(
    ("version", "status"), [("3.31.0", PASS), ("3.29.0", WARN), ("2.3.41", FAIL)]
)
def test_the_agents_version(
    tmp_path: Path,
    open_bench: Callable[..., AbstractContextManager[Bench]],
    version: str,
    status: CheckStatus,
) -> None:
    house = House(tmp_path)
    house.plan(version=version)
    asked = {"ngrok_path": house.agent(), "ngrok_authtoken": TOKEN}
    with open_bench(**asked) as bench:
        wanted = replace(bench.settings, port=bench.port, tunnel=ProviderName.NGROK)
        found = judge(wanted, CheckName.TUNNEL_AGENT, closely=True, environ=house.environ)
        # The service's place is taken by a port that nothing listens on.
        expected = WARN if status is PASS else status
        require(expected, found, "cannot be reached" if status is PASS else version)


def test_an_agent_that_is_missing_or_has_no_token(tmp_path: Path, settings: Settings) -> None:
    house, name = House(tmp_path), CheckName.TUNNEL_AGENT
    auto = replace(settings, tunnel=ProviderName.AUTO)
    ngrok = replace(settings, tunnel=ProviderName.NGROK, ngrok_path=house.agent())
    nowhere = {"PATH": str(tmp_path), "HOME": str(house.home)}
    require(WARN, judge(auto, name, environ=nowhere), "No ngrok agent", fix="ngrok.com/download")
    require(FAIL, judge(ngrok, name, environ=nowhere), "no authtoken", fix="authtoken")
    token = nowhere | {"NGROK_AUTHTOKEN": TOKEN}
    require(PASS, judge(ngrok, name, environ=token), "NGROK_AUTHTOKEN in the environment")
    proxied = token | {"https_proxy": "http://proxy:1"}
    require(WARN, judge(ngrok, name, environ=proxied), "https_proxy")


def test_the_program_of_a_command(settings: Settings) -> None:
    def check(command: str) -> Check:
        wanted = replace(settings, tunnel=ProviderName.COMMAND, tunnel_command=command)
        return judge(wanted, CheckName.TUNNEL_AGENT, environ={"PATH": "/usr/bin:/bin"})

    require(FAIL, check("no-such-program {port}"), "no-such-program was not found")
    require(PASS, check("sh -c 'echo {port}'"), "is sh.")


def test_an_address_that_moved_and_is_called_again(
    open_bench: Callable[..., AbstractContextManager[Bench]],
) -> None:
    name = CheckName.PUBLIC_URL
    given = {"tunnel": ProviderName.URL, "public_url": "https://new.example"}
    with open_bench(**given) as bench:
        wait_for(bench, TunnelState.ONLINE)
        require(PASS, judge(bench, name), "Nothing has come through it yet")
        bench.deliver(ping_body(n=1), ("X-Forwarded-Host", "old.example"))
        require(WARN, judge(bench, name), "came through old.example", fix="https://new.example")
        bench.deliver(ping_body(n=2), ("X-Forwarded-Host", "new.example"))
        require(PASS, judge(bench, name), "the last delivery came")


def test_gathering_is_quick(bench: Bench) -> None:
    for number in range(20):
        bench.deliver(ping_body(n=number))
    judge(bench, CheckName.STORE)
    with Stopwatch() as took:
        judge(bench, CheckName.STORE)
    assert took.seconds < 0.5
