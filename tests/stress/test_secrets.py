"""A whole run, and then a search for its secrets in everything that it leaves behind or lets out.

It receives through a tunnel, refreshes from Propexo's API with a wrong key, passes on, is killed,
ends, crashes; its log is listed, shown, exported, diagnosed and photographed.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.settings import Settings
from receiver.judging.signing import digest, sign
from tests.conftest import wait_until
from tests.stand_ins.propexo_api import PropexoApi
from tests.stand_ins.receiver_process import signed_request
from tests.stand_ins.still_receiver import StillReceiver
from tests.stand_ins.tunnel_house import TOKEN
from tests.stand_ins.tunnel_house import House as TunnelHouse
from tests.stress.house import House, write_body
from tests.stress.traces import Traces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECRET = "whsec-Zq81Lx-current-Vb93Kd-7745"
PREVIOUS = "whsec-Mn52Rt-previous-Hw60Jp-1189"
API_KEY = "key-Gy47Ds-of-the-api-Xc28Fk-6632"
SECRETS = {"secret": SECRET, "previous": PREVIOUS, "API key": API_KEY, "agent's token": TOKEN}
UNSIGNED = write_body(unit="unsigned")
FORGED = write_body(unit="forged")
SYNC = (
    b'{"event":"sync.complete","timestamp":"2026-03-25T16:00:00Z","connection_id":"conn_abc123",'
    b'"sync_id":"s1","stats":{"errors":0}}'
)


@pytest.fixture
def tunnel(tmp_path: Path) -> TunnelHouse:
    root = tmp_path / "agent"
    root.mkdir()
    return TunnelHouse(root)


@pytest.fixture
def variables(tunnel: TunnelHouse, api: PropexoApi) -> dict[str, str]:
    return {
        "PROPEXO_WEBHOOK_SECRET": SECRET,
        "PROPEXO_WEBHOOK_SECRET_PREVIOUS": PREVIOUS,
        "PROPEXO_API_URL": api.url,
        "PROPEXO_API_KEY": API_KEY,
        "NGROK_AUTHTOKEN": TOKEN,
        "METERBASE_TUNNEL": "ngrok",
        "METERBASE_NGROK_PATH": str(tunnel.agent()),
        "NGROK_STAND_IN": json.dumps({"scenario": "online"}),
        "TEST_MARK": tunnel.processes.mark,
    }


@pytest.fixture
def api() -> Iterator[PropexoApi]:
    with PropexoApi() as made:
        yield made


@pytest.fixture
def housed(tmp_path: Path, variables: dict[str, str]) -> Iterator[House]:
    folder = tmp_path / "home"
    folder.mkdir()
    made = House(folder, **variables)
    yield made
    made.close()


def receive(house: House, tunnel: TunnelHouse, traces: Traces) -> None:
    """Webhooks of every kind, while the agent runs."""
    house.receiver.start()
    for body, signature in (
        (write_body(), sign(SECRET.encode(), write_body())),
        (write_body(sqft=901), sign(PREVIOUS.encode(), write_body(sqft=901))),
        (SYNC, sign(SECRET.encode(), SYNC)),
        (UNSIGNED, "test_signature"),
        (FORGED, sign(SECRET.encode() + b"\n", FORGED)),
        (b"\xff", sign(SECRET.encode(), b"\xff")),
    ):
        assert house.receiver.ask(signed_request(body, signature)) is not None
    said = house.receiver.records
    wait_until(lambda: any(r["type"] == "tunnel" and r["public_url"] for r in said()), "a tunnel")
    wait_until(lambda: any(r.get("event") == "sync.complete" for r in said()), "the sync", 10)
    for pid in tunnel.processes.pids():
        traces.add(f"the command line of {pid}", tunnel.processes.command_line(pid))
        # The program itself was given its secrets there; nobody else is to have them.
        environ = Path(f"/proc/{pid}/environ").read_bytes()
        if pid != house.receiver.pid:
            assert SECRET.encode() not in environ
            assert PREVIOUS.encode() not in environ
            assert API_KEY.encode() not in environ


def call(house: House, traces: Traces, *arguments: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "meterbase_tui", *arguments],
        cwd=house.receiver.folder,
        env=house.receiver.environ,
        capture_output=True,
        check=False,
        timeout=60,
    )
    traces.add(f"the output of {' '.join(arguments)}", ended.stdout + ended.stderr)


COMMANDS = (
    ("export",),
    ("export", "--format", "har"),
    ("show", "delivery", "4"),
    ("doctor", "--json"),
    ("show", "delivery", "5", "--json"),
    ("deliveries", "--json"),
    ("curl", "1"),
    ("config", "--json"),
    ("verify", "body.json", "--signature", "sha256=" + "0" * 64, "--json"),
    # A mistake in a setting whose value must not be quoted.
    ("send", "no-such-sample"),
)

SOME = COMMANDS[:3]


async def photograph(store: Path) -> str:
    """The screen as a picture, in a program that has the secrets."""
    settings = Settings(
        db=store, secret=SECRET.encode(), previous_secret=PREVIOUS.encode(), api_key=API_KEY
    )
    with closing(Reading(store)) as reading:
        desk = Desk(StillReceiver(settings), reading)
        app = MeterbaseApp(desk)
        try:
            async with app.run_test(size=(160, 45)) as pilot:
                await pilot.pause()
                return app.export_screenshot()
        finally:
            desk.close()


@pytest.mark.parametrize(
    "commands", [SOME, pytest.param(COMMANDS, marks=pytest.mark.stress)], ids=["some", "all"]
)
async def test_no_secret_is_in_anything_that_a_run_leaves_behind(
    housed: House, tunnel: TunnelHouse, commands: Sequence[tuple[str, ...]]
) -> None:
    traces = Traces()
    house = housed
    receive(house, tunnel, traces)
    # Its write-ahead log and its description are still there then.
    house.receiver.kill()
    traces.add_files(house.receiver.folder)
    traces.add_files(tunnel.root)
    house.receiver.start()
    (house.receiver.folder / "body.json").write_bytes(UNSIGNED)
    for arguments in commands:
        call(house, traces, *arguments)
    assert house.receiver.stop() == 0
    traces.add("what the receiver said", "\n".join(house.receiver.said))
    traces.add("a picture", await photograph(house.receiver.db))
    traces.add_files(house.receiver.folder)
    traces.add_files(tunnel.root)
    require_a_real_run(traces)
    for name, secret in SECRETS.items():
        traces.require_none_of(secret, name)
    # Nor what would have been the right signature of a body that came without one.
    right = [
        digest(secret.encode(), body).encode()
        for body in (UNSIGNED, FORGED)
        for secret in (SECRET, PREVIOUS)
    ]
    for place, data in traces.found.items():
        assert not [each for each in right if each in data], place


def require_a_real_run(traces: Traces) -> None:
    """There is something to search: a store, its log, exports, answers, a picture."""
    names = " ".join(traces.found)
    for part in ("store.db", "store.db-wal", "command line", "export", "picture"):
        assert part in names, names
    everything = b"".join(traces.found.values())
    for content in (b"unit_id", b"conn_abc123", b"<svg", b'"verdict"', UNSIGNED[:40]):
        assert content in everything


@pytest.mark.parametrize("name", SECRETS)
def test_the_search_finds_a_secret_in_every_form(name: str) -> None:
    secret = SECRETS[name]
    for data in (
        f"x{secret}y".encode(),
        json.dumps({"a": secret}).encode(),
        base64.b64encode(b"xy" + secret.encode()),
        base64.b64encode(b"x" + secret.encode()),
        base64.b64encode(secret.encode()),
        secret.encode().hex().encode(),
        quote(secret).encode(),
        repr(secret.encode()).encode(),
    ):
        traces = Traces()
        traces.add("somewhere", data)
        with pytest.raises(AssertionError, match="is in somewhere"):
            traces.require_none_of(secret, name)
