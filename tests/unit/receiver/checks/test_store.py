from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.exposure import ExposedFile
from receiver.checks.facts import PortState
from receiver.checks.store_facts import Obstacle, ObstacleKind
from store.safekeeping.integrity import BodyCheck, Soundness, StructureCheck
from tests.unit.receiver.checks.given import FACTS, RECEIVER, STORE, expect, probed, verdict

NAME = CheckName.STORE


def expect_store(status: CheckStatus, *words: str, fix: str = "", **changed: Any) -> None:
    facts = replace(FACTS, store=replace(STORE, **changed))
    expect(verdict(NAME, facts), status, *words, fix=fix)


def test_sound() -> None:
    expect_store(CheckStatus.PASS, "/srv/meterbase.db", "2.5 MB", "90 GB")


def test_not_made_yet() -> None:
    idle = replace(RECEIVER, port=PortState.CLOSED)
    facts = replace(FACTS, receiver=idle, store=replace(STORE, missing=True))
    expect(verdict(NAME, facts), CheckStatus.SKIP, "no store", fix="listen")


@pytest.mark.parametrize(
    ("kind", "owner", "detail", "fix"),
    [
        (ObstacleKind.NO_FOLDER, None, "folder /srv/a for the store does not exist", "Create it"),
        (ObstacleKind.NOT_A_FOLDER, None, "/srv/a is no folder", "aside"),
        (ObstacleKind.READ_ONLY, None, "none can be made: the folder /srv/a cannot", "--db"),
        (ObstacleKind.READ_ONLY, "root", "/srv/a, which belongs to root, cannot", "permissions"),
        (ObstacleKind.CLOSED, "root", "enter the folder /srv/a, which belongs to root.", "--db"),
    ],
)
def test_what_cannot_be_made(kind: ObstacleKind, owner: str | None, detail: str, fix: str) -> None:
    idle = replace(RECEIVER, port=PortState.CLOSED)
    obstacle = Obstacle(kind, "/srv/a", owner)
    facts = replace(FACTS, receiver=idle, store=replace(STORE, missing=True, obstacle=obstacle))
    expect(verdict(NAME, facts), CheckStatus.FAIL, detail, fix=fix)


@pytest.mark.parametrize("changed", [{"missing": True}, {"replaced": True}])
def test_taken_away_from_a_running_receiver(changed: dict[str, bool]) -> None:
    expect_store(
        CheckStatus.FAIL, "moved, deleted or replaced", "503", fix="Put it back", **changed
    )


def test_unreadable_or_unwritable() -> None:
    expect_store(CheckStatus.FAIL, "It is damaged.", problem="It is damaged.")
    expect_store(CheckStatus.FAIL, "cannot be written", fix="permissions", writable=False)


def test_little_room() -> None:
    expect_store(CheckStatus.WARN, "300 MB left", fix="Free some space", free=300_000_000)
    expect_store(CheckStatus.FAIL, "20 MB left", "503", fix="Free some space", free=20_000_000)
    expect_store(CheckStatus.PASS, free=None)


def test_a_log_that_grows() -> None:
    expect_store(CheckStatus.WARN, "300 MB", "write-ahead log", fix="Close",
          wal_size=300_000_000)  # fmt: skip


def test_a_network_file_system() -> None:
    expect_store(CheckStatus.WARN, "nfs4", fix="--db", network_file_system="nfs4")


def test_others_can_read_it() -> None:
    exposed = (ExposedFile("/srv/meterbase.db", 0o644),)
    expect_store(CheckStatus.WARN, "0644", fix="chmod 600 /srv/meterbase.db", exposed=exposed)


def test_damage() -> None:
    damaged = StructureCheck(Soundness.DAMAGED, "row 7 missing from index")
    facts = replace(FACTS, probes=probed(structure=damaged))
    expect(verdict(NAME, facts), CheckStatus.FAIL, "row 7 missing", fix="keep a copy")


def test_bodies_that_changed_on_the_disk() -> None:
    facts = replace(FACTS, probes=probed(bodies=BodyCheck(200, (31, 30))))
    found = expect(
        verdict(NAME, facts),
        CheckStatus.FAIL,
        "2 of the newest 200",
        "31 and 30",
        fix="keep a copy",
    )
    assert found.action is not None
    assert found.action.delivery_id == 31


def test_what_was_checked_is_said() -> None:
    sound = probed(structure=StructureCheck(Soundness.SOUND), bodies=BodyCheck(12, ()))
    facts = replace(FACTS, probes=sound)
    expect(verdict(NAME, facts), CheckStatus.PASS, "structure is sound", "12 bodies match")
    late = probed(structure=StructureCheck(Soundness.UNFINISHED), bodies=BodyCheck(0, ()))
    expect(verdict(NAME, replace(FACTS, probes=late)), CheckStatus.PASS, "too large to check")
