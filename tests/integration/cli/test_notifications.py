"""`notifications dismiss|restore`: off the list and back, by a receiver or without one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.cli.conftest import fill
from tests.stand_ins.arrivals import look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Inside = Callable[..., Any]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A filled store that a test may change."""
    path = tmp_path / "own.db"
    fill(path)
    with closing(sqlite3.connect(path)) as connection:
        for text in ("Look here.", "Look there."):
            connection.execute(
                "INSERT INTO notifications (at, kind, text) VALUES (0, 'drift', ?)", (text,)
            )
        connection.commit()
    return path


def listed(inside: Inside, store: Path, *options: str) -> list[int]:
    found = inside("notifications", "--db", store, "--json", *options).lines
    return [notice["id"] for notice in found]


def test_what_is_dismissed_leaves_the_list_and_comes_back(inside: Inside, own: Path) -> None:
    every = listed(inside, own)
    assert len(every) > 1
    first = every[0]

    done = inside("notifications", "dismiss", first, "--db", own)
    assert (done.code, done.out) == (0, "Dismissed 1\n")
    assert listed(inside, own) == every[1:]
    assert listed(inside, own, "--dismissed") == every
    fields = inside("notifications", "--db", own, "--json", "--dismissed").lines
    assert [each["dismissed_at"] is None for each in fields] == [False] + [True] * len(every[1:])
    table = inside("notifications", "--db", own, "--dismissed").out.splitlines()
    assert [", dismissed" in line for line in table].count(True) == 1

    done = inside("notifications", "restore", first, "--db", own)
    assert (done.code, done.out) == (0, "Brought back 1\n")
    assert listed(inside, own) == every


def test_all_are_dismissed_and_brought_back_at_once(inside: Inside, own: Path) -> None:
    every = listed(inside, own)
    [one] = look(own, "SELECT min(id) FROM notifications")
    inside("notifications", "dismiss", one, "--db", own)
    rest = inside("notifications", "dismiss", "--all", "--db", own)
    assert rest.out == f"Dismissed {len(every) - 1}\n"
    assert listed(inside, own) == []
    assert inside("notifications", "restore", "--all", "--db", own).code == 0
    assert listed(inside, own) == every


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["dismiss", "999"], 4, "Not found, or dismissed already: 999."),
        (["restore", "1"], 4, "Not found, or not dismissed: 1."),
        (["dismiss"], 2, "or say --all"),
        (["restore", "1", "--all"], 2, "or say --all"),
    ],
)
def test_what_makes_no_sense_is_said(
    inside: Inside, own: Path, arguments: list[str], code: int, words: str
) -> None:
    found = inside("notifications", *arguments, "--db", own)
    assert found.code == code
    assert words in found.err
    assert "Traceback" not in found.err


def test_a_running_receiver_dismisses_them(bench: Any, inside: Inside) -> None:
    bench.deliver(
        {
            "event": "data.new",
            "timestamp": "2026-03-25T14:30:00Z",
            "connection_id": "conn_abc123",
            "resource_type": "property",
            "data": {"id": "prop_new", "name": "New"},
        }
    )
    store = bench.settings.db
    (notice,) = listed(inside, store)
    assert inside("notifications", "dismiss", notice, "--db", store).code == 0
    assert listed(inside, store) == []
    assert listed(inside, store, "--dismissed") == [notice]
