"""Samples of one's own: saved from the log, listed, sent, and never a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.cli.conftest import Cli

    Inside = Callable[..., Any]


@pytest.fixture
def folder(cli: Cli) -> Path:
    return cli.home / "mine"


def test_a_delivery_is_kept_listed_shown_and_sent(
    inside: Inside, store: Path, folder: Path, receiver: Any
) -> None:
    saved = inside("samples", "save", "3", "my_move_in", "--db", store, "--samples", folder)
    assert saved.code == 0, saved.err
    file = folder / "my_move_in.json"
    assert file.stat().st_mode & 0o077 == 0
    listed = inside("samples", "--json", "--samples", folder).lines
    (mine,) = [line for line in listed if line.get("own")]
    assert mine["name"] == "my_move_in"
    shown = inside("samples", "my-move-in", "--samples", folder)
    assert json.loads(shown.out)["event"] == "data.update"
    sent = inside("send", "my_move_in", "--samples", folder, "--url", receiver.url, "--json")
    assert sent.lines[0]["status"] == 200
    again = inside("samples", "save", "2", "my_move_in", "--db", store, "--samples", folder)
    assert again.code == 2
    assert "--force replaces it" in again.err


def test_people_are_masked_if_asked(inside: Inside, receiver: Any, folder: Path) -> None:
    sent = inside("send", "data_update_unit", "--url", receiver.url, "--json").lines[0]
    at = ("--db", receiver.db, "--samples", folder)
    assert inside("samples", "save", sent["delivery_id"], "plain", *at).code == 0
    assert inside("samples", "save", sent["delivery_id"], "masked", "--mask", *at).code == 0
    assert "John Smith" in (folder / "plain.json").read_text()
    masked = json.loads((folder / "masked.json").read_text())
    assert masked["data"]["current_lease"]["resident_name"] == "•••"
    assert masked["data"]["current_lease"]["occupant_count"] == 2


@pytest.mark.parametrize(
    ("number", "name", "told"),
    [
        ("99", "x", "There is no delivery 99"),
        ("3", "../x", "cannot be a sample's name"),
        ("3", "Upper", "cannot be a sample's name"),
    ],
)
def test_what_cannot_be_kept(cli: Cli, store: Path, number: str, name: str, told: str) -> None:
    folder = cli.home / "mine"
    done = cli("samples", "save", number, name, "--db", store, "--samples", folder)
    assert (done.code, done.out) == (4 if number == "99" else 2, "")
    assert told in done.err
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("test_ping", "the name of a sample that comes with the program. "),
        ("data_update", "comes with the program (data_update_unit)"),
        ("burst", "the name of a scenario"),
    ],
)
def test_names_of_the_program_are_not_taken_unasked(
    inside: Inside, store: Path, folder: Path, name: str, told: str
) -> None:
    at = ("--db", store, "--samples", folder)
    refused = inside("samples", "save", "3", name, *at)
    assert (refused.code, refused.out) == (2, "")
    assert told in refused.err
    assert "--force takes its place" in refused.err
    assert not folder.exists()


def test_one_that_takes_a_place_on_purpose_says_so_everywhere(
    inside: Inside, store: Path, folder: Path, receiver: Any
) -> None:
    at = ("--samples", folder)
    saved = inside("samples", "save", "3", "test_ping", "--force", "--db", store, *at)
    assert saved.code == 0
    assert "test_ping means yours now" in saved.err
    listed = [
        line for line in inside("samples", "--json", *at).lines if line["name"] == "test_ping"
    ]
    assert [(each["own"], each["shadows"], each["shadowed"]) for each in listed] == [
        (False, None, True),
        (True, "test_ping", False),
    ]
    table = inside("samples", *at).out
    assert "Its name leads to one of your own" in table
    assert "Takes the place of the program's test_ping." in table
    sent = inside("send", "test_ping", *at, "--url", receiver.url, "--json")
    assert (
        sent.lines[0]["event_id"]
        != inside("send", "test_ping", "--url", receiver.url, "--json").lines[0]["event_id"]
    )


def test_a_file_that_is_no_sample_is_told_and_nothing_more(inside: Inside, folder: Path) -> None:
    folder.mkdir()
    (folder / "Bad Name.json").write_text("{}")
    (folder / "broken.json").write_bytes(b"\xff{")
    listed = inside("samples", "--samples", folder)
    assert listed.code == 0
    assert "Bad Name.json is no sample" in listed.err
    assert "broken" in listed.out


def test_the_schema_is_printed(inside: Inside) -> None:
    assert inside("samples", "schema").document["title"] == "A webhook of Propexo"
