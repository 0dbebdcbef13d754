"""Texts of JSON that others gathered, where a folder of them is named; and our own grammar on them.

`METERBASE_JSON_CORPUS=…/JSONTestSuite/test_parsing pytest -m stress tests/stress/test_corpora.py`:
the names of the files begin with what RFC 8259 says of them, `y_` (a text), `n_` (none) or `i_`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from receiver.judging.strict_json import InvalidJsonError, parse
from tests.stand_ins.json_grammar import is_i_json
from tests.unit.receiver.test_strict_json import ACCEPTED, REFUSED

_FOLDER = os.environ.get("METERBASE_JSON_CORPUS")
# RFC 8259 leaves it to the reader; RFC 7493 §2.3 forbids it.
_FORBIDDEN = "duplicated_key"


def accepts(body: bytes) -> bool:
    try:
        parse(body)
    except InvalidJsonError:
        return False
    return True


@pytest.mark.stress
@pytest.mark.skipif(not _FOLDER, reason="METERBASE_JSON_CORPUS names no folder")
def test_a_corpus_is_read_as_its_names_say() -> None:
    files = sorted(Path(_FOLDER or "").glob("*.json"))
    assert len(files) > 100
    wrong = []
    for file in files:
        body, name = file.read_bytes(), file.name.lower()
        wanted = name.startswith("y_") and _FORBIDDEN not in name
        if accepts(body) is not is_i_json(body) or (name[0] != "i" and accepts(body) is not wanted):
            wrong.append(file.name)
    assert wrong == []


def test_the_grammar_agrees_with_the_cases_of_the_definitions() -> None:
    short = {name: body for name, body in REFUSED.items() if len(body) < 10_000}
    assert [name for name, body in short.items() if is_i_json(body)] == []
    assert [name for name, (body, _) in ACCEPTED.items() if not is_i_json(body)] == []
