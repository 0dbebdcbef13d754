"""The catalogue is complete, and every test that it names is there."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.stress.catalogue import FILES, Row, read

_TESTS = Path(__file__).parents[1]
ROWS = (*read("bad_inputs.txt"), *read("faults.txt"))


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((_TESTS / file).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


@pytest.mark.parametrize("row", ROWS, ids=[row.number for row in ROWS])
def test_the_tests_of_a_row_exist(row: Row) -> None:
    assert row.title
    assert row.tests
    for file, function in row.tests:
        assert function in functions(file), f"{file} has no {function}"


def test_no_row_is_missing() -> None:
    numbers = [row.number for row in ROWS]
    counts = {"H": 38, "S": 26, "J": 22, "E": 16, "M": 15, "T": 24, "D": 11, "F": 33}
    assert Counter(number[0] for number in numbers) == counts
    wanted = [f"{level}{number}" for level, most in counts.items() for number in range(1, most + 1)]
    assert numbers == wanted


def test_every_short_name_is_used() -> None:
    assert {FILES[name] for name in FILES} == {file for row in ROWS for file, _ in row.tests}
