"""Every promise has tests, and every test that the page names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
_PROMISE = re.compile(r"^\| (\*\*.+?) \| (.+?) \|", re.MULTILINE)
PROMISES = dict(_PROMISE.findall(_PAGE))


def names_in(place: Path) -> list[str]:
    files = place.rglob("test_*.py") if place.is_dir() else [place]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return [
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_"
    ]


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_tests_that_are_there(promise: str) -> None:
    links = re.findall(r"\]\(\.\./(tests/[^)]+)\)", PROMISES[promise])
    assert links
    for link in links:
        assert names_in(_ROOT / link), f"{link} has no test"


def test_no_line_of_the_tables_was_missed() -> None:
    lines = [line for line in _PAGE.splitlines() if line.startswith("| **")]
    assert len(lines) == len(PROMISES) >= 18


def test_the_commands_of_the_page_name_folders_that_are_there() -> None:
    named = re.findall(r"pytest[^\n`|]*?(tests/[\w/.]+)", _PAGE)
    assert named
    assert all((_ROOT / name).exists() for name in named)
