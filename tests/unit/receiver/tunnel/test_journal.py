from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.tunnel.journal import Journal
from receiver.tunnel.redaction import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_lines_are_kept_redacted_and_harmless(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state" / "log", Redactor(["topsecret"]))
    for line in ("one\n", "\n", "\x1b[2Jtwo topsecret\n", "\udcff three"):
        journal.write(line)

    assert journal.path.read_text() == "one\n[2Jtwo (hidden)\nthree\n"
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_it_starts_over_instead_of_growing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log", str, limit=100)
    for number in range(100):
        journal.write(f"line {number}")
        assert journal.path.stat().st_size <= 100

    assert journal.path.read_text().endswith("line 99\n")


def test_a_link_in_its_place_is_not_followed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    (tmp_path / "log").symlink_to(target)
    Journal(tmp_path / "log", str).write("overwritten?")

    assert target.read_text() == "precious"
    assert "cannot be written" in caplog.text
