"""`tunnel`: the public address of a receiver that runs elsewhere, told, tested and mended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from reference_pages.json_fields import DOCUMENTS

from receiver.tunnel import ProviderName, TunnelState
from tests.conftest import PATH, SECRET, wait_until
from tests.stand_ins.tls_front import TlsFront
from tests.stand_ins.tunnel_house import TOKEN, House

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.conftest import Bench

    Open = Callable[..., AbstractContextManager[Bench]]


def run(store: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"PROPEXO_WEBHOOK_SECRET": SECRET.decode(), "HOME": str(store.parent)}
    return subprocess.run(
        [sys.executable, "-m", "meterbase_tui", "tunnel", *arguments, "--db", str(store)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environ | {"XDG_CONFIG_HOME": str(store.parent)} | variables,
    )


@pytest.fixture
def front(tmp_path: Path) -> Iterator[TlsFront]:
    try:
        made = TlsFront(tmp_path)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    yield made
    made.close()


@pytest.fixture
def public(open_bench: Open, front: TlsFront) -> Iterator[tuple[Bench, str]]:
    """A receiver with a public https address, as far as this machine is the world."""
    address = front.lead_to(0)
    with open_bench(tunnel=ProviderName.URL, public_url=address) as bench:
        front.lead_to(bench.port)
        wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
        yield bench, address + PATH


def test_without_a_receiver_it_says_how_to_start_one(tmp_path: Path) -> None:
    for name in ("status", "url", "test", "recover", "restart"):
        done = run(tmp_path / "store.db", name)
        assert (done.returncode, done.stdout) == (5, "")
        assert "Start `meterbase-tui` or `meterbase-tui listen` first." in done.stderr


def test_the_address_to_paste_stands_alone(public: tuple[Bench, str]) -> None:
    bench, address = public
    done = run(bench.settings.db, "url")
    assert (done.returncode, done.stdout) == (0, f"{address}\n")
    assert "1. In Propexo's dashboard open Settings > Webhooks" in done.stderr
    told = json.loads(run(bench.settings.db, "url", "--json").stdout)
    assert (told["url"], told["public"], len(told["steps"])) == (address, True, 5)


def test_without_a_public_address_the_local_one_is_told(bench: Bench) -> None:
    done = run(bench.settings.db, "url")
    assert (done.returncode, done.stdout) == (3, f"{bench.url}\n")
    assert "leads to this computer only" in done.stderr
    tested = run(bench.settings.db, "test")
    assert tested.returncode == 3
    assert "There is no public address." in tested.stderr


def test_its_state(public: tuple[Bench, str]) -> None:
    bench, address = public
    told = json.loads(run(bench.settings.db, "status", "--json").stdout)
    since = told.pop("since")
    assert since.endswith("Z")
    assert told == {
        "state": "online",
        "public_url": address,
        "problem": None,
        "provider": "url",
        "url": bench.url,
    }
    text = run(bench.settings.db, "status").stdout
    assert "online" in text
    assert address in text


def test_a_self_test_through_https(public: tuple[Bench, str], front: TlsFront) -> None:
    bench, address = public
    trusting = {"SSL_CERT_FILE": str(front.certificate)}
    done = run(bench.settings.db, "test", "--json", **trusting)
    assert set(json.loads(done.stdout)) == set(DOCUMENTS["tunnel test"]["fields"])
    told = json.loads(done.stdout)
    assert (done.returncode, told["outcome"], told["url"]) == (0, "arrived", address)
    assert bench.deliveries()[-1].id == told["delivery_id"]
    done = run(bench.settings.db, "test", **trusting)
    assert done.stdout.startswith("✓ A signed test.ping to")

    untrusted = run(bench.settings.db, "test")
    assert untrusted.returncode == 3
    assert "its TLS certificate is not trusted" in untrusted.stdout
    front.lead_to(1)
    broken = json.loads(run(bench.settings.db, "test", "--json", **trusting).stdout)
    assert broken["outcome"] == "broken"


def test_a_restart_is_asked_of_the_receiver(
    open_bench: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path)
    for name, value in house.environ.items():
        monkeypatch.setenv(name, value)
    ngrok = {"ngrok_path": house.agent(), "ngrok_authtoken": TOKEN}
    with open_bench(tunnel=ProviderName.NGROK, **ngrok) as bench:
        first = wait_until(lambda: house.processes.pids("start --none"))
        wait_until(lambda: bench.runtime.tunnel.status.state is TunnelState.ONLINE)
        done = run(bench.settings.db, "restart")
        assert (done.returncode, done.stdout) == (0, "The tunnel is starting anew.\n")
        wait_until(lambda: set(house.processes.pids("start --none")) - set(first))


def test_nothing_is_downloaded_without_a_yes(tmp_path: Path) -> None:
    done = run(tmp_path / "store.db", "install", "--ngrok-path", str(tmp_path / "ngrok"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "about 10 MB, from bin.ngrok.com" in done.stderr
    assert "Say --yes" in done.stderr
    assert not (tmp_path / "ngrok").exists()
