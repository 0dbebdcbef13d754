"""The reference is what the code says, and troubleshooting leaves no check and no diagnosis out."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from receiver.checks import CheckName
from receiver.diagnosis.codes import DiagnosisCode

_DOCS = Path(__file__).parents[3] / "docs"


def _pages(script: str) -> dict[str, Any]:
    """What a script of `docs/` makes, by the file's name."""
    spec = importlib.util.spec_from_file_location(script, _DOCS / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, Any] = module.PAGES
    return pages


PAGES = {
    name: (script, make)
    for script in ("make_reference", "make_configuration")
    for name, make in _pages(script).items()
}


def headings(name: str) -> list[str]:
    return re.findall(r"^## (.+)$", (_DOCS / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_what_the_code_says(name: str) -> None:
    script, make = PAGES[name]
    assert (_DOCS / name).read_text() == make(), f"run: python docs/{script}.py"


def test_every_check_has_a_section() -> None:
    assert headings("troubleshooting.md") == [name.value for name in CheckName]


def test_every_diagnosis_has_a_section() -> None:
    assert headings("diagnoses.md") == [code.value for code in DiagnosisCode]


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = {page.name: page.read_text() for page in _DOCS.glob("*.md")}
    anchors = {
        name: {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in found}
        for name, found in (
            (name, re.findall(r"^#+ (.+)$", text, re.MULTILINE)) for name, text in pages.items()
        )
    }
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in target:
                continue
            file, _, anchor = target.partition("#")
            assert not file or (_DOCS / file).exists(), (name, target)
            page = file or name
            assert not anchor or anchor in anchors.get(page, {anchor}), (name, target)
