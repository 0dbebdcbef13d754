"""The listings, of a real store, by the real command."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Any
    Inside = Callable[..., Any]

LISTINGS = (
    "deliveries", "events", "units", "changes", "notifications", "properties", "connections",
)  # fmt: skip


@pytest.mark.parametrize("name", LISTINGS)
def test_json_is_one_object_a_line_and_nothing_else(inside: Inside, store: Path, name: str) -> None:
    ended = inside(name, "--db", store, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines
    assert all(isinstance(line, dict) for line in ended.lines)


@pytest.mark.parametrize("name", LISTINGS)
def test_a_table_holds_nothing_that_acts_on_a_terminal(
    inside: Inside, store: Path, name: str
) -> None:
    ended = inside(name, "--db", store)
    assert (ended.code, ended.err) == (0, "")
    assert len(ended.out.splitlines()) > 1
    assert all(line.isprintable() for line in ended.out.split("\n"))


def test_deliveries_come_newest_first_with_all_their_fields(cli: Cli, store: Path) -> None:
    lines = cli("deliveries", "--db", store, "--json").lines
    assert [line["id"] for line in lines] == [7, 6, 5, 4, 3, 2, 1]
    by_id = {line["id"]: line for line in lines}
    assert by_id[4]["duplicate"] is True
    assert by_id[4]["event_id"] == 2
    assert by_id[5]["verdict"] == "missing"
    assert by_id[5]["status"] == 401
    assert by_id[5]["event"] is None
    assert by_id[2]["received_at"] == "2026-03-25T13:00:00Z"
    assert by_id[2]["ack_ms"] == 1.5


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("--limit", "2"), [7, 6]),
        (("--limit", "0"), [7, 6, 5, 4, 3, 2, 1]),
        (("--event", "data.new"), [7, 6, 4, 2]),
        (("--verdict", "missing"), [5]),
        (("--state", "ignored"), [6]),
        (("--connection", "conn_unknown"), [6]),
        (("--property", "prop_001", "--limit", "3"), [7, 6, 4]),
        (("--unit", "unit_xyz789"), [4, 3, 2]),
        (("--unit", "305"), [4, 3, 2]),
        (("--search", "OCCUPIED"), [3]),
        (("--since", "2026-03-25T16:30:00Z"), [7, 6]),
        (("--since", "2026-03-25T18:30:00+02:00", "--event", "data.new"), [7, 6]),
    ],
)
def test_deliveries_are_narrowed(
    inside: Inside, store: Path, arguments: tuple[str, ...], ids: list[int]
) -> None:
    lines = inside("deliveries", "--db", store, "--json", *arguments).lines
    assert [line["id"] for line in lines] == ids


def test_events_say_what_became_of_them(inside: Inside, store: Path) -> None:
    lines = {line["id"]: line for line in inside("events", "--db", store, "--json").lines}
    assert lines[1]["outcome"] == "acknowledged"
    assert (lines[2]["outcome"], lines[2]["deliveries"]) == ("created", 2)
    assert lines[3]["timestamp"] == "2026-03-25T12:00:00Z"
    assert (lines[6]["state"], lines[6]["reason"]) == ("ignored", "unknown_connection")
    failed = inside("events", "--db", store, "--json", "--state", "failed")
    assert (failed.code, failed.out, failed.err) == (0, "", "")


def test_units_changes_and_notifications_tell_the_same_story(inside: Inside, store: Path) -> None:
    (unit,) = inside("units", "--db", store, "--json", "--unit", "305").lines
    assert (unit["status"], unit["sqft"], unit["last_event_id"]) == ("occupied", 950, 3)
    (change,) = inside("changes", "--db", store, "--json", "--unit", "305").lines
    assert (change["field"], change["old"], change["new"]) == ("status", "vacant", "occupied")
    assert change["affects_rubs"] is True
    (notice,) = inside("notifications", "--db", store, "--json", "--unit", "305").lines
    assert (notice["kind"], notice["event_id"]) == ("rubs", 3)


def test_properties_and_connections(inside: Inside, store: Path) -> None:
    (linked,) = inside("properties", "--db", store, "--json", "--state", "linked").lines
    assert (linked["property_id"], linked["units"]) == ("prop_001", 2)
    assert inside("properties", "--db", store, "--json", "--search", "nowhere").lines == []
    known = {c["connection_id"]: c for c in inside("connections", "--db", store, "--json").lines}
    assert known["conn_abc123"]["registered"] is True
    assert known["conn_unknown"]["registered"] is False
    assert len(inside("connections", "--db", store, "--json", "--limit", "1").lines) == 1
    since = inside("connections", "--db", store, "--json", "--since", "2026-03-25T17:30:00Z").lines
    assert [connection["connection_id"] for connection in since] == ["conn_abc123"]


def test_no_match_says_so_on_standard_error(inside: Inside, store: Path) -> None:
    ended = inside("deliveries", "--db", store, "--search", "nowhere")
    assert (ended.code, ended.out) == (0, "")
    assert "no such deliveries" in ended.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--state", "done"), "pending"),
        (("--limit", "-1"), "--limit"),
        (("--since", "yesterday"), "30m, 2h or 7d"),
        (("--verdit", "valid"), "--verdict"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(
    inside: Inside, store: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = inside("deliveries", "--db", store, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert words in ended.err


def test_a_store_that_is_not_there_yet_is_exit_4_and_is_not_made(cli: Cli) -> None:
    ended = cli("deliveries")
    assert ended.code == 4
    assert "There is no store at" in ended.err
    assert not cli.data.exists()
    assert cli("deliveries", "--db", "new.db").code == 4
    assert not (cli.cwd / "new.db").exists()


def test_a_store_that_is_none_is_exit_2_and_untouched(inside: Inside, cli: Cli) -> None:
    path = cli.cwd / "notes.txt"
    path.write_text("Not a database, but long enough to have been taken for one.\n" * 99)
    before = path.read_bytes()
    ended = inside("events", "--db", path)
    assert ended.code == 2
    assert "left untouched" in ended.err
    assert path.read_bytes() == before
    assert inside("events", "--db", "nowhere/a.db").code == 2


def test_a_reader_that_goes_away_is_no_failure(cli: Cli, store: Path) -> None:
    # The pipe is closed before anything is written into it.
    with cli.started("deliveries", "--db", store, "--json", "--limit", "0") as process:
        process.stdout.close()
        process.wait(timeout=20)
        assert process.returncode == 0
        assert process.stderr.read() == b""


def test_an_ascii_terminal_gets_numbers_for_what_it_cannot_show(cli: Cli, store: Path) -> None:
    ended = cli("deliveries", "--db", store, PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert "\\u2713 valid" in ended.out


def test_only_the_store_is_imported(cli: Cli, store: Path) -> None:
    code = (
        "import sys; from meterbase_tui.cli import main;"
        f"main(['deliveries', '--db', {str(store)!r}]);"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'aiohttp', 'textual', 'pyngrok'}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=cli.cwd,
        env=cli.environ({}),
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "[]"
