"""Files that the user may not use: what happened, why, and what to do; never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.conftest import DEADLINE_S, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.cli.conftest import Cli

    Strict = Callable[..., Outcome]

DENIED = "Permission denied"
STRICT = ["--bounding-set", "-dac_override,-dac_read_search"]
"""Root without what makes it pass over permissions."""
NO_SECRET = "PROPEXO_WEBHOOK_SECRET"


@pytest.fixture
def strict(cli: Cli) -> Strict:
    """Runs the command so that permissions count, also for root."""
    prefix = ["setpriv", *STRICT] if os.geteuid() == 0 else []
    if prefix and shutil.which(prefix[0]) is None:
        pytest.skip("root passes over all permissions here")

    def run(*arguments: object, without: str = "") -> Outcome:
        environ = cli.environ({})
        environ.pop(without, None)
        ended = subprocess.run(
            [*prefix, *cli.argv(*arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd=cli.cwd,
            env=environ,
            timeout=DEADLINE_S,
            check=False,
        )
        return Outcome(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def close() -> Iterator[Callable[[Path], None]]:
    """Takes all permissions of a file or folder away, until the end of the test."""
    closed: list[tuple[Path, int]] = []

    def take(path: Path, mode: int = 0) -> None:
        closed.append((path, path.stat().st_mode))
        path.chmod(mode)

    yield take
    for path, mode in reversed(closed):
        path.chmod(mode)


@pytest.fixture
def house(cli: Cli, store: Path) -> Path:
    """The default folder of a user, with a store in it."""
    cli.data.mkdir(parents=True)
    shutil.copy(store, cli.data / "meterbase.db")
    return cli.data


@pytest.mark.parametrize(
    "arguments",
    [
        ("listen", "--port", "0"),
        ("deliveries",),
        ("show", "delivery", "1"),
        ("status",),
        ("integrity",),
        ("export",),
        ("prune", "--older-than", "1d"),
        ("connections", "add", "c"),
        ("samples", "save", "1", "mine"),
    ],
)
def test_a_store_in_a_folder_that_may_not_be_entered(
    strict: Strict, house: Path, close: Callable[[Path], None], arguments: tuple[str, ...]
) -> None:
    close(house)
    done = strict(*arguments)
    assert (done.code, done.out) == (2, "")
    assert f"{house / 'meterbase.db'} cannot be reached ({DENIED})" in done.err
    assert "choose another with --db" in done.err


def test_a_store_that_may_not_be_read(
    strict: Strict, house: Path, close: Callable[[Path], None]
) -> None:
    close(house / "meterbase.db")
    for arguments in (("deliveries",), ("listen", "--port", "0")):
        done = strict(*arguments)
        assert (done.code, done.out) == (2, "")
        assert "Check its permissions and those of its folder" in done.err


def test_doctor_tells_of_what_listen_would_fail_at(
    strict: Strict, house: Path, close: Callable[[Path], None], cli: Cli
) -> None:
    def check(*arguments: object) -> tuple[int, str, str]:
        done = strict("doctor", "--json", "--port", "1", *arguments)
        assert strict("listen", "--port", "0", *arguments).code == 2
        (found,) = [each for each in done.document["checks"] if each["name"] == "store"]
        return done.code, found["status"], f"{found['detail']} {found['fix']}"

    nowhere = cli.home / "no" / "where"
    code, status, words = check("--db", nowhere / "s.db")
    assert (code, status) == (3, "fail")
    assert f"The folder {nowhere} for the store does not exist. Create it" in words
    file = cli.home / "file"
    file.touch()
    assert "is no folder" in check("--db", file / "s.db")[2]
    close(house)
    code, status, words = check()
    assert (code, status) == (3, "fail")
    assert f"may not enter the folder {house}" in words


def test_a_folder_that_is_made_by_itself_is_well(strict: Strict, cli: Cli) -> None:
    done = strict("doctor", "--port", "1")
    assert done.code == 0
    assert not cli.data.exists()


def test_a_folder_that_cannot_be_made(strict: Strict, cli: Cli, close: Callable[..., None]) -> None:
    (cli.home / "data").mkdir()
    close(cli.home / "data", 0o500)
    done = strict("doctor", "--port", "1")
    assert done.code == 3
    assert f"the folder {cli.home / 'data'} cannot be written by this user" in done.out
    assert "cannot be created" in strict("listen", "--port", "0").err


def test_a_secret_that_may_not_be_read(
    strict: Strict, house: Path, close: Callable[[Path], None]
) -> None:
    secret = house / "meterbase.db.secret"
    secret.write_text("s")
    close(secret)
    for arguments in (("listen", "--port", "0"), ("secret",), ("sign", "-"), ("curl", "1")):
        done = strict(*arguments, without=NO_SECRET)
        assert (done.code, done.out) == (2, "")
        assert f"{secret} for the signing secret cannot be used ({DENIED})" in done.err
        assert "Set PROPEXO_WEBHOOK_SECRET" in done.err
    shown = strict("config", without=NO_SECRET)
    assert shown.code == 0
    assert f"Warning: The file {secret}" in shown.err


@pytest.mark.parametrize("closed", ["config/meterbase-tui/config.toml", "config", "work/.env"])
def test_settings_that_may_not_be_read_are_not_taken_for_none(
    strict: Strict, cli: Cli, close: Callable[[Path], None], closed: str
) -> None:
    config = cli.home / "config" / "meterbase-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.touch()
    (cli.cwd / ".env").touch()
    close(cli.home / closed)
    done = strict("deliveries")
    assert (done.code, done.out) == (2, "")
    assert f"cannot be read: {DENIED}. Check the permissions" in done.err


def test_samples_that_may_not_be_read(
    strict: Strict, house: Path, close: Callable[[Path], None]
) -> None:
    folder = house / "samples"
    folder.mkdir()
    (folder / "mine.json").write_text("{}")
    close(folder)
    listed = strict("samples")
    assert listed.code == 0
    assert f"Warning: The folder {folder} of your samples cannot be read: {DENIED}." in listed.err
    missing = strict("send", "mine")
    assert missing.code == 4
    assert f"{folder} of your samples cannot be read" in missing.err


def test_anything_else_is_told_by_its_name(
    strict: Strict, cli: Cli, close: Callable[[Path], None]
) -> None:
    log = cli.home / "log"
    log.write_text("")
    close(log)
    done = strict("logs", "--log-file", log)
    assert (done.code, done.out) == (2, "")
    assert f"This user may not use {log}. Check the permissions" in done.err


def test_an_export_takes_the_place_of_a_file_that_may_not_be_read(
    strict: Strict, cli: Cli, house: Path
) -> None:
    target = cli.cwd / "log.jsonl"
    target.touch(0o200)
    assert strict("export", "--output", target).code == 0
    assert target.stat().st_size > 0
