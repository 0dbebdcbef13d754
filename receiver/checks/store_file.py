"""Can the store be written, is it sound, and is there room for it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.exposure import exposure
from receiver.checks.store_facts import ObstacleKind
from receiver.checks.wording import listed, size
from store.safekeeping.integrity import Soundness

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from receiver.checks.store_facts import Obstacle, StoreFacts

_LEAST_FREE = 50 << 20
_LITTLE_FREE = 500 << 20
_LONG_LOG = 256 << 20
"""More than a burst leaves; see `store.writing.checkpoints`."""
_PERMISSIONS = "Check the permissions of the folder, or choose another place with --db."
_MOVE_ASIDE = "Stop the receiver, keep a copy of the file, and start with another store (--db)."


def check_store(facts: Facts) -> Check:
    """Whether what arrives can be kept."""
    store = facts.store
    if store.missing and not facts.receiver.running:
        return conclude(CheckName.STORE, [], _not_yet(store))
    findings = (
        _gone(facts),
        _room(store),
        _long_log(store),
        _shared(store),
        _structure(facts),
        _bodies(facts),
        # A file that is not ours, or that cannot be read, is not ours to protect either.
        *(map(exposure, store.exposed) if store.problem is None else ()),
    )
    return conclude(CheckName.STORE, findings, _well(facts))


def _not_yet(store: StoreFacts) -> Finding:
    if store.obstacle is not None:
        return _obstructed(store.path, store.obstacle)
    return skipped(
        f"There is no store at {store.path} yet.",
        "Start `meterbase-tui` or `meterbase-tui listen`: it makes one.",
    )


def _obstructed(path: str, obstacle: Obstacle) -> Finding:
    """A folder that a receiver makes by itself is none of these."""
    whose = f", which belongs to {obstacle.owner}," if obstacle.owner else ""
    if obstacle.kind is ObstacleKind.NO_FOLDER:
        return failure(
            f"The folder {obstacle.path} for the store does not exist.",
            "Create it, or choose another place with --db.",
        )
    if obstacle.kind is ObstacleKind.NOT_A_FOLDER:
        return failure(
            f"The store {path} cannot be made: {obstacle.path} is no folder.",
            "Move it aside, or choose another place with --db.",
        )
    if obstacle.kind is ObstacleKind.CLOSED:
        return failure(
            f"The store {path} cannot be reached: this user may not enter the folder "
            f"{obstacle.path}{whose.removesuffix(',')}.",
            _PERMISSIONS,
        )
    return failure(
        f"There is no store at {path} yet, and none can be made: the folder "
        f"{obstacle.path}{whose} cannot be written by this user.",
        _PERMISSIONS,
    )


def _gone(facts: Facts) -> Finding | None:
    store = facts.store
    if store.missing or store.replaced:
        return failure(
            f"The store's file {store.path} was moved, deleted or replaced while it was in use: "
            "webhooks are answered with 503.",
            "Put it back, or restart.",
        )
    # First: a store that cannot be written can often not be read either.
    if not store.writable:
        return failure(
            f"The store {store.path} cannot be written: it is read-only for this user.",
            "Check the permissions of the file and its folder, or choose another with --db.",
        )
    return None if store.problem is None else failure(store.problem)


def _room(store: StoreFacts) -> Finding | None:
    if store.free is None or store.free >= _LITTLE_FREE:
        return None
    words = f"The disk of {store.path} has {size(store.free)} left."
    cure = "Free some space, or start with another store on another disk (--db)."
    if store.free < _LEAST_FREE:
        return failure(f"{words} Webhooks get 503 when it is full.", cure)
    return warning(words, cure)


def _long_log(store: StoreFacts) -> Finding | None:
    if store.wal_size <= _LONG_LOG:
        return None
    return warning(
        f"The store's write-ahead log has grown to {size(store.wal_size)}: another program keeps "
        "the store open and holds it up.",
        "Close other programs that read the store, database browsers for example.",
    )


def _shared(store: StoreFacts) -> Finding | None:
    if store.network_file_system is None:
        return None
    return warning(
        f"The store {store.path} lies on a network file system ({store.network_file_system}), on "
        "which SQLite may lose data.",
        "Choose a place on a disk of this computer with --db.",
    )


def _structure(facts: Facts) -> Finding | None:
    check = facts.probes.structure if facts.probes else None
    if check is None or check.soundness is not Soundness.DAMAGED:
        return None
    return failure(f"The store {facts.store.path} is damaged ({check.detail}).", _MOVE_ASIDE)


def _bodies(facts: Facts) -> Finding | None:
    check = facts.probes.bodies if facts.probes else None
    if check is None or not check.damaged:
        return None
    which = listed([str(number) for number in check.damaged])
    return failure(
        f"{len(check.damaged)} of the newest {check.checked} bodies do not "
        f"match their checksum: {which}. The disk or the file is damaged.",
        _MOVE_ASIDE,
        Action(ActionKind.SHOW_DELIVERY, delivery_id=check.damaged[0]),
    )


def _well(facts: Facts) -> Finding:
    store, probes = facts.store, facts.probes
    words = [f"{store.path} has {size(store.size)}"]
    if store.free is not None:
        words.append(f"; {size(store.free)} are left on its disk")
    words.append(".")
    if probes and probes.structure and probes.structure.soundness is Soundness.SOUND:
        words.append(" Its structure is sound.")
    if probes and probes.structure and probes.structure.soundness is Soundness.UNFINISHED:
        words.append(" It is too large to check its structure in a few seconds.")
    if probes and probes.bodies and probes.bodies.checked:
        words.append(f" The newest {probes.bodies.checked} bodies match their checksums.")
    return passed("".join(words))
