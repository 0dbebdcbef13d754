"""The map of the architecture has every room of the house, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("receiver", "store", "sample_payloads", "meterbase_tui")


def rooms_of_the_map() -> list[str]:
    page = (_ROOT / "docs" / "architecture.md").read_text()
    return re.findall(r"^\| `([\w/]+)/` \|", page, re.MULTILINE)


def rooms_of_the_house() -> list[str]:
    return sorted(
        f"{package}/{folder.name}"
        for package in _PACKAGES
        for folder in (_ROOT / package).iterdir()
        if any(each.is_file() for each in folder.glob("*")) and folder.name != "__pycache__"
    )


def test_the_map_has_each_room_once() -> None:
    assert sorted(rooms_of_the_map()) == rooms_of_the_house()


@pytest.mark.parametrize("room", rooms_of_the_house())
def test_a_room_says_what_lives_there(room: str) -> None:
    door = _ROOT / room / "__init__.py"
    if any(door.parent.glob("*.py")):
        assert ast.get_docstring(ast.parse(door.read_text()))
