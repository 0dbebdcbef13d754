"""The site's own check finds what it is there for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from check_site import check

if TYPE_CHECKING:
    from pathlib import Path

_GOOD = '<link rel="stylesheet" href="own.css"><h1 id="top">A</h1><a href="other.html#here">B</a>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "own.css").write_text("p { background: url(data:image/png;base64,AA) }")
    (tmp_path / "other.html").write_text('<p id="here">')
    (tmp_path / "index.html").write_text(_GOOD)
    return tmp_path


def test_a_site_that_is_well(site: Path) -> None:
    (site / "index.html").write_text(f'{_GOOD}<a href="https://example.com/">C</a>')
    found = check(site)
    assert (found.problems, found.external, found.pages) == ((), ("https://example.com/",), 2)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('<a href="gone.html">', "gone.html leads to no file"),
        ('<a href="other.html#gone">', "other.html#gone leads to no such heading"),
        ('<a href="#gone">', "#gone leads to no such heading"),
        ('<img src="gone.svg">', "loads gone.svg, which is not there"),
        ('<script src="https://example.com/a.js"></script>', "from another host"),
        ('<link rel="stylesheet" href="//example.com/a.css">', "from another host"),
    ],
)
def test_what_is_wrong_is_named(site: Path, more: str, problem: str) -> None:
    (site / "index.html").write_text(_GOOD + more)
    (told,) = check(site).problems
    assert problem in told


def test_a_font_of_another_host_is_found_in_a_style(site: Path) -> None:
    (site / "own.css").write_text("@font-face { src: url('https://example.com/font.woff2') }")
    assert check(site).problems == (
        "own.css loads https://example.com/font.woff2, from another host",
    )
