"""The generated secret: private, stable, made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from meterbase_tui.settings import (
    Folders,
    Settings,
    SettingsError,
    ensure_secret,
    ensure_store_folder,
    load_settings,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_secret_is_generated_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(db=tmp_path / "a.db")
    first = ensure_secret(settings)
    path = tmp_path / "a.db.secret"
    assert first.secret is not None
    assert len(bytes.fromhex(first.secret.decode())) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert ensure_secret(settings).secret == first.secret
    assert first.source("secret") == f"generated, kept in {path}"
    assert first.warnings == ()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.db.secret"]


def test_a_configured_secret_makes_no_file(tmp_path: Path) -> None:
    settings = Settings(db=tmp_path / "a.db", secret=b"mine")
    assert ensure_secret(settings) is settings
    assert list(tmp_path.iterdir()) == []


def test_two_processes_at_once_agree(tmp_path: Path) -> None:
    settings = Settings(db=tmp_path / "a.db")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ensure_secret(settings).secret, range(32)))
    assert len(set(made)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.db.secret"]


def test_every_name_of_a_store_leads_to_one_secret(tmp_path: Path) -> None:
    (tmp_path / "real.db").touch()
    (tmp_path / "link.db").symlink_to("real.db")
    by_link = ensure_secret(Settings(db=tmp_path / "link.db"))
    assert by_link.secret == ensure_secret(Settings(db=tmp_path / "real.db")).secret


@pytest.mark.parametrize(
    ("content", "secret"),
    [(b"abc\n", b"abc"), (b"abc\r\n", b"abc"), (b"abc", b"abc"), (b" abc\n\n", b" abc\n")],
)
def test_one_line_end_belongs_to_the_file(tmp_path: Path, content: bytes, secret: bytes) -> None:
    (tmp_path / "a.db.secret").write_bytes(content)
    (tmp_path / "a.db.secret").chmod(0o600)
    assert ensure_secret(Settings(db=tmp_path / "a.db")).secret == secret


@pytest.mark.parametrize("content", [b"", b"\n", b"  \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.db.secret").write_bytes(content)
    with pytest.raises(SettingsError, match="anyone could sign"):
        ensure_secret(Settings(db=tmp_path / "a.db"))


def test_a_file_that_others_can_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db.secret").write_bytes(b"abc\n")
    (tmp_path / "a.db.secret").chmod(0o644)
    (warning,) = ensure_secret(Settings(db=tmp_path / "a.db")).warnings
    assert "chmod 600" in warning
    assert "abc" not in warning


def test_a_file_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Set PROPEXO_WEBHOOK_SECRET"):
        ensure_secret(Settings(db=tmp_path / "nowhere" / "a.db", sources={"db": "--db"}))
    (tmp_path / "a.db.secret").mkdir()
    with pytest.raises(SettingsError, match="Is a directory"):
        ensure_secret(Settings(db=tmp_path / "a.db"))


def test_only_the_default_store_gets_a_folder(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "config", tmp_path / "data" / "deep", tmp_path / "state")
    default = load_settings({}, {}, tmp_path, folders)
    ensure_store_folder(default)
    assert folders.data.stat().st_mode & 0o777 == 0o700
    named = load_settings({"db": "typo/a.db"}, {}, tmp_path, folders)
    ensure_store_folder(named)
    assert not (tmp_path / "typo").exists()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folders = Folders(tmp_path, tmp_path / "file" / "data", tmp_path / "state")
    with pytest.raises(SettingsError, match="Choose another place with --db"):
        ensure_store_folder(load_settings({}, {}, tmp_path, folders))


def test_without_a_secret_there_are_no_secrets(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no signing secret"):
        _ = Settings(db=tmp_path / "a.db").secrets
