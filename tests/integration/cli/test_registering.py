"""Commands that change a store, with and without a receiver that has it open."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from receiver.control import request, socket_path
from store.connections import list_connections, list_properties
from store.errors import StoreUnavailableError
from store.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path

NEW_UNIT = {
    "event": "data.new",
    "timestamp": "2026-03-25T14:30:00Z",
    "connection_id": "conn_new",
    "resource_type": "unit",
    "data": {"id": "unit_1", "property_id": "prop_new", "status": "vacant"},
}


def run(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "meterbase_tui", *arguments, "--db", str(store)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"XDG_CONFIG_HOME": str(store.parent)},
    )


def test_ignored_events_come_in_when_their_property_is_linked(bench: Any) -> None:
    ignored = bench.deliver(NEW_UNIT)
    assert ignored.reason == "unknown_connection"
    store = bench.settings.db
    assert run(store, "connections", "add", "conn_new", "--name", "New").returncode == 0
    assert bench.reprocess(ignored.id).reason == "unlinked_property"
    found = run(store, "properties", "link", "prop_new", "--connection", "conn_new")
    assert found.stdout == "Linked prop_new of conn_new\n1 ignored before, to be processed now\n"
    assert [event.outcome for event in bench.settle()] == ["created"]


def test_the_receiver_is_asked_and_the_store_stays_its_own(bench: Any) -> None:
    store = bench.settings.db
    path = socket_path(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(store, "connections", "remove", "conn_abc123").returncode == 0
    assert not bench.read(list_connections)[0].registered
    assert run(store, "connections", "remove", "conn_abc123").returncode == 4
    assert run(store, "reprocess", "99").returncode == 4
    assert run(store, "reprocess").returncode == 2


def test_without_a_receiver_the_command_opens_the_store_itself(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    assert run(store, "properties", "link", "p", "--connection", "c").returncode == 0
    reader = Reader(store)
    with reader.connect() as connection:
        found = {
            (one.connection_id, one.property_id): one.state for one in list_properties(connection)
        }
    reader.close()
    assert found == {("c", "p"): "linked", ("conn_abc123", "prop_001"): "linked"}
    assert not socket_path(store).exists()


@pytest.mark.parametrize("operation", ["drop_everything", "register_connection"])
def test_what_is_no_operation_is_refused(bench: Any, operation: str) -> None:
    with pytest.raises(StoreUnavailableError, match="operation"):
        request(bench.settings.db, operation, {"nonsense": 1})
    assert bench.post(NEW_UNIT).status == 200


def test_a_path_that_is_too_long_for_a_socket_has_one_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    assert len(os.fsencode(socket_path(folder / "store.db"))) <= 100
