"""Builds the site with warnings as errors, and follows every link in what was built.

Run it from the repository's folder: `python docs/check_site.py`; it prints where the site is. Links
within the site must lead somewhere, their anchors included; links to other hosts are listed and not
fetched; and no page may load anything from another host, since a reader's visit stays here as well.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sphinx.cmd.build import build_main

_DOCS = Path(__file__).parent
SITE = _DOCS / "_build" / "html"
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "srcset", "object": "data"}
"""What a page loads by itself, by the attribute that says from where."""
_STYLE_URL = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)")


@dataclass
class Page(HTMLParser):
    """What one page links to, loads, and can be linked to at."""

    path: Path
    links: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what the tag refers to."""
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.add(values["href"])
        if tag == "link" and values.get("rel") not in {"next", "prev", "index", "search"}:
            self.loads.add(values["href"])
        if tag in _LOADED and _LOADED[tag] in values:
            self.loads.add(values[_LOADED[tag]])


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a site, and which other hosts it points to."""

    problems: tuple[str, ...]
    external: tuple[str, ...]
    pages: int


def build(site: Path = SITE) -> bool:
    """Builds the site; what is wrong goes to standard error. Says whether all is well."""
    quiet = ["--quiet", "--fail-on-warning", "--keep-going", "--fresh-env"]
    return build_main([*quiet, "-b", "html", str(_DOCS), str(site)]) == 0


def check(site: Path = SITE) -> Findings:
    """Follows every link of a built site, without the net."""
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    problems: list[str] = []
    external: set[str] = set()
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        for target in sorted(page.loads):
            problems += _check_load(target, path, f"{name} loads {target}")
        for target in sorted(page.links):
            if urlsplit(target).scheme:
                external.add(target)
            elif problem := _check_link(target, path, pages):
                problems.append(f"{name}: {target} {problem}")
    for style in site.rglob("*.css"):
        for target in _STYLE_URL.findall(style.read_text(encoding="utf-8")):
            problems += _check_load(target, style, f"{style.relative_to(site)} loads {target}")
    return Findings(tuple(problems), tuple(sorted(external)), len(pages))


def _check_load(target: str, path: Path, sentence: str) -> list[str]:
    parts = urlsplit(target)
    if parts.scheme == "data":
        return []
    if parts.netloc or parts.scheme:
        return [f"{sentence}, from another host"]
    there = not parts.path or (path.parent / unquote(parts.path)).exists()
    return [] if there else [f"{sentence}, which is not there"]


def _check_link(target: str, path: Path, pages: dict[Path, Page]) -> str | None:
    parts = urlsplit(target)
    to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not to.is_file():
        return "leads to no file"
    page = pages.get(to)
    if page is not None and parts.fragment and unquote(parts.fragment) not in page.anchors:
        return "leads to no such heading"
    return None


def main() -> int:
    """Builds and checks; the exit code is 1 if anything is wrong."""
    if not build():
        return 1
    found = check()
    for problem in found.problems:
        print(problem, file=sys.stderr)  # noqa: T201
    print(f"{found.pages} pages in {SITE}. Links to other hosts, not fetched:")  # noqa: T201
    for target in found.external:
        print(f"  {target}")  # noqa: T201
    return 1 if found.problems else 0


if __name__ == "__main__":
    sys.exit(main())
