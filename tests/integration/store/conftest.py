from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from store.database import Database
from tests.stand_ins.store_processes import Child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, with_sample=False)
    yield opened
    opened.close()


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Child]]:
    """Starts a process in a role of `store_child`, or a `lock_holder`; none outlives the test."""
    said = tmp_path_factory.mktemp("children")
    children: list[Child] = []
    numbers = itertools.count()

    def run(role: str, *arguments: object) -> Child:
        program = (role,) if role == "lock_holder" else ("store_child", role)
        children.append(Child(said / f"{next(numbers)}.txt", *program, *arguments))
        return children[-1]

    yield run
    for child in children:
        child.kill()
