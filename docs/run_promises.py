"""Runs the tests of every promise, and writes what came of it into the table of `promises.md`.

    python docs/run_promises.py

It takes some minutes, and leaves the table as it was if a test fails.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "promises.md"
_ROW = re.compile(r"^\| (\*\*.+?) \| (.+?) \| (.*?) \| (.*?)\|$")
"""A promise, what holds it, its last run, and what it does not cover."""
_TEST = re.compile(r"\(\.\./(tests/[^)#.]+(?:\.py)?)\)")
_SUMMARY = re.compile(r"(\d+) passed.* in ([\d.]+)s")
_DATED = re.compile(r"(?<=Its last run was on )\d{4}-\d\d-\d\d")


def main() -> int:
    """Runs them; 1 if a promise was not held."""
    lines, broken = [], 0
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        found = _ROW.match(line)
        if found is None:
            lines.append(line)
            continue
        promise, held_by, _, not_covered = found.groups()
        result = _run(_TEST.findall(held_by))
        print(f"{promise}\n    {result or 'NOT HELD'}", flush=True)  # noqa: T201 - a script
        broken += result is None
        lines.append(f"| {promise} | {held_by} | {result} | {not_covered.strip()} |")
    if broken:
        return 1
    today = datetime.now(UTC).date().isoformat()
    PAGE.write_text(_DATED.sub(today, "\n".join(lines)) + "\n", encoding="utf-8")
    return 0


def _run(files: list[str]) -> str | None:
    """How many tests passed in how many seconds; None if one did not."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", *files]
    done = subprocess.run(  # noqa: S603 - our own tests
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    summary = _SUMMARY.search(done.stdout)
    if done.returncode or summary is None:
        print(done.stdout[-2_000:], file=sys.stderr)  # noqa: T201 - a script
        return None
    return f"{int(summary[1]):,} passed in {float(summary[2]):.0f} s"


if __name__ == "__main__":
    sys.exit(main())
