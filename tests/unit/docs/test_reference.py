"""The reference is what the code says, and troubleshooting leaves no check and no diagnosis out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from make_reference import PAGES
from reference_pages.json_fields import DOCUMENTS, RECORDS, record_fields

from meterbase_tui.exports import json_fields
from receiver.checks import CheckName
from receiver.diagnosis.codes import DiagnosisCode
from sample_payloads.simulation.reading import read_scenario
from sample_payloads.simulation.scenario import Change
from sample_payloads.simulation.tables import Table

_DOCS = Path(__file__).parents[3] / "docs"


def headings(name: str) -> list[str]:
    return re.findall(r"^## (.+)$", (_DOCS / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_the_code_says(name: str) -> None:
    assert (_DOCS / name).read_text() == PAGES[name](), "run: python docs/make_reference.py"


def test_every_check_has_a_section() -> None:
    assert headings("troubleshooting.md") == [name.value for name in CheckName]


def test_every_diagnosis_has_a_section() -> None:
    assert headings("diagnoses.md") == [code.value for code in DiagnosisCode]


def test_every_record_is_described() -> None:
    told = {name.removesuffix("_fields") for name in vars(json_fields) if name.endswith("_fields")}
    # The rest of them are parts of documents.
    assert told - {"attempt", "content", "bytes"} == set(RECORDS)
    for name in RECORDS:
        assert list(record_fields(name)) == list(RECORDS[name])


def test_every_record_that_a_document_has_is_there() -> None:
    assert {doc["record"] for doc in DOCUMENTS.values() if "record" in doc} == set(RECORDS)


_EVERYTHING = """
title = "Everything"
[[buildings]]
connection = "c"
property = "p"
"""
_ARGUMENTS = {
    Change.CHANGE_OCCUPANTS: "occupants = 2",
    Change.RENAME_PROPERTY: 'name = "New"',
    Change.CORRECT_UNIT: "set = { sqft = 900 }",
}


def test_every_key_of_a_scenario_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: set[str] = set()
    take = Table._take

    def note(table: Table, name: str, *arguments: Any) -> Any:
        taken.add(name)
        return take(table, name, *arguments)

    monkeypatch.setattr(Table, "_take", note)
    steps = [f'change = "{each}"\n{_ARGUMENTS.get(each, "")}' for each in Change]
    steps += ['sample = "test_ping"', 'payload = { event = "x" }']
    text = _EVERYTHING + "".join(f"[[steps]]\n{step}\n" for step in steps)
    read_scenario(text.encode(), "everything.toml", ["test_ping"])
    page = (_DOCS / "scenarios.md").read_text().split("## The file", 1)[1].split("\n## ", 1)[0]
    assert {"title", "units", "lose_answers", "final_units"} < taken
    undescribed = {name for name in (*taken, *Change) if not re.search(rf"\b{name}\b", page)}
    assert not undescribed
