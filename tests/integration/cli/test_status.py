"""`status`, `integrity` and `prune` by limits: how a store stands, by the real commands."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from tests.integration.cli.conftest import BODIES
from tests.stand_ins.arrivals import look, refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.integration.cli.conftest import Listening, Outcome

    Inside = Callable[..., Outcome]
    Listen = Callable[..., AbstractContextManager[Listening]]

COUNT = len(BODIES)


@pytest.fixture
def own(store: Path, tmp_path: Path) -> Path:
    """A store of the test's own."""
    path = tmp_path / "own.db"
    shutil.copy(store, path)
    return path


def test_status_of_a_store_that_nobody_has_open(inside: Inside, own: Path) -> None:
    document = inside("status", "--db", own, "--json").document
    assert document["store"] == str(own)
    assert document["store_bytes"] == own.stat().st_size
    assert document["receiver"] is None
    assert (document["deliveries"], document["refused"]) == (COUNT, 1)
    assert (document["pending"], document["failed"]) == (0, 0)
    index = document["search_index"]
    assert index["newest"] - index["indexed"] == index["behind"]
    assert document["retention"] == {
        "limits": {"days": None, "deliveries": None, "size": None},
        "plan": None,
    }
    shown = inside("status", "--db", own)
    assert "none runs" in shown.out
    assert "everything, but for refused deliveries" in shown.out


def test_a_flood_is_told_as_the_requests_that_it_was(
    inside: Inside, own: Path, tmp_path: Path
) -> None:
    database = Database(own)
    try:
        asyncio.run(database.append(refused(1, requests=1_179), 30))
    finally:
        database.close()
    document = inside("status", "--db", own, "--json").document
    assert (document["refused"], document["refused_requests"]) == (2, 1_180)
    assert "2 refused ones kept that stand for 1,180 requests" in inside("status", "--db", own).out
    newest = inside("deliveries", "--db", own, "--limit", "1")
    assert "1,179 requests" in newest.out
    groups = inside("failures", "--db", own, "--json").lines
    assert sum(group["count"] for group in groups) == 1_180
    # On another machine they are as many.
    log, new = tmp_path / "log.jsonl", tmp_path / "new.db"
    inside("export", "--db", own, "--output", log)
    inside("import", log, "--db", new)
    [flood] = inside("deliveries", "--db", new, "--verdict", "invalid", "--json").lines[:1]
    assert flood["requests"] == 1_179
    assert inside("status", "--db", new, "--json").document["refused_requests"] == 1_180


def test_status_says_what_limits_would_delete_and_prune_deletes_that(
    inside: Inside, own: Path
) -> None:
    given = ("--db", own, "--keep-deliveries", "4", "--json")
    plan = inside("status", *given).document["retention"]["plan"]
    assert (plan["deliveries"], plan["refused"], plan["kept"]) == (COUNT - 4, 1, 4)
    shown = inside("status", "--db", own, "--keep-deliveries", "4").out
    assert f"4 deliveries at most; {COUNT - 4} (" in shown
    dry = inside("prune", "--dry-run", *given).document
    assert (dry["prunable"], dry["prunable_refused"], dry["kept"]) == (COUNT - 4, 1, COUNT)
    assert (dry["prunable_bytes"], dry["deleted"]) == (plan["bytes"], 0)
    assert dry["limits"] == {"days": None, "deliveries": 4, "size": None}
    done = inside("prune", *given).document
    assert (done["deleted"], done["kept"]) == (COUNT - 4, 4)
    assert look(own, "SELECT id FROM deliveries") == [3, 4, 6, 7]
    assert inside("status", *given).document["retention"]["plan"]["deliveries"] == 0


def test_a_running_receiver_is_named_and_asked_to_prune_by_limits(
    inside: Inside, listening: Listen, own: Path
) -> None:
    with listening("--db", own) as receiver:
        receiver.wait_for(type="ready")
        document = inside("status", "--db", own, "--json").document
        assert document["receiver"]["pid"] == receiver.process.pid
        assert document["receiver"]["url"] == receiver.url
        ended = inside("prune", "--db", own, "--keep-days", "1", "--json").document
        assert ended["deleted"] == COUNT
    assert look(own, "SELECT count(*) FROM events") == [5]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say what is old with --older-than, or set keep_days"),
        (("--keep", "3"), "--keep goes with --older-than"),
        (("--keep-days", "0"), "--keep-days must be a whole number of days from 1"),
        (("--keep-size", "5"), "--keep-size must be a size from 1MB"),
    ],
)
def test_a_prune_of_nothing_in_particular_is_refused(
    inside: Inside, own: Path, arguments: tuple[str, ...], words: str
) -> None:
    ended = inside("prune", "--db", own, *arguments)
    assert (ended.code, words in ended.err) == (2, True), ended.err
    assert look(own, "SELECT count(*) FROM deliveries") == [COUNT]


def test_integrity_of_a_sound_store(inside: Inside, own: Path) -> None:
    found = inside("integrity", "--db", own, "--json")
    assert found.code == 0
    assert found.document == {
        "ok": True,
        "checked": COUNT,
        "bytes": sum(len(body) for body, _ in BODIES),
        "partial": 0,
        "damaged": [],
        "structure": "sound",
        "structure_detail": None,
    }
    shown = inside("integrity", "--db", own)
    assert f"All of {COUNT} bodies" in shown.out


def damage(path: Path, *numbers: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for number in numbers:
            connection.execute(
                "UPDATE deliveries SET body = replace(body, x'22', x'27') WHERE id = ?", (number,)
            )
        connection.commit()


def test_integrity_names_every_body_that_is_not_what_was_received(
    inside: Inside, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.safekeeping.integrity._ROUND", 2)
    damage(own, 1, 4, COUNT)
    found = inside("integrity", "--db", own, "--json")
    assert found.code == 3
    assert found.document["damaged"] == [1, 4, COUNT]
    assert found.document["checked"] == COUNT
    assert not found.document["ok"]
    shown = inside("integrity", "--db", own)
    assert shown.code == 3
    assert f"1, 4, {COUNT}" in shown.out


def test_integrity_tells_how_far_it_is(
    inside: Inside, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.safekeeping.integrity._ROUND", 2)
    monkeypatch.setattr("meterbase_tui.cli.integrity._TELL_EVERY_S", -1.0)
    found = inside("integrity", "--db", own, "--json")
    assert f"Compared to delivery 2 of {COUNT}." in found.err
    assert f"Compared to delivery {COUNT} of {COUNT}." in found.err
    assert found.document["checked"] == COUNT


def test_a_body_of_which_only_the_beginning_was_kept_is_no_damage(
    inside: Inside, own: Path
) -> None:
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("UPDATE deliveries SET size = 9999 WHERE event_id IS NULL")
        connection.commit()
    found = inside("integrity", "--db", own, "--json").document
    assert (found["ok"], found["partial"], found["checked"]) == (True, 1, COUNT - 1)
