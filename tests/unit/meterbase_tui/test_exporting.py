"""Which file an export goes into, and that no other file is lost to it."""

from __future__ import annotations

import stat
from typing import IO, TYPE_CHECKING

import pytest

from meterbase_tui.exports.exporting import ExportKind, ExportPlan, propose_name
from meterbase_tui.private_files import creating

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


@pytest.mark.parametrize(
    ("ids", "name"),
    [([7], "delivery-7.jsonl"), ((9, 3, 4), "deliveries-3-to-9.jsonl")],
)
def test_the_proposed_name_says_what_is_in_it(ids: Collection[int], name: str) -> None:
    assert propose_name(ids) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.har", ExportKind.HAR),
        ("a.HAR", ExportKind.HAR),
        ("a.jsonl", ExportKind.JSONL),
        ("har", ExportKind.JSONL),
        ("~nobody-of-that-name/x", ExportKind.JSONL),
    ],
)
def test_the_ending_of_the_name_decides(name: str, kind: ExportKind) -> None:
    plan = ExportPlan(name, masked=False)
    assert plan.kind is kind
    assert plan.target.is_absolute()


def test_a_home_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ExportPlan("~/x.har", masked=False).target == tmp_path / "x.har"


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("mine")
    with pytest.raises(FileExistsError), creating(str(path)):
        raise AssertionError("it was opened")
    assert path.read_text() == "mine"


def _fail(file: IO[bytes]) -> None:
    file.write(b"half")
    raise RuntimeError


def test_a_file_is_there_whole_and_private_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with pytest.raises(RuntimeError), creating(str(path)) as file:
        _fail(file)
    assert list(tmp_path.iterdir()) == []
    with creating(str(path)) as file:
        file.write(b"whole")
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
