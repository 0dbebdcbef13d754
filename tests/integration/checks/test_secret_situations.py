"""The ways in which a `.env` says another secret than the one that was meant, as real files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.checking import Surroundings, gather_facts
from meterbase_tui.settings import Folders, ensure_secret, load_settings
from receiver.checks import Check, CheckName, CheckStatus, run_checks
from tests.integration.checks.conftest import judge, require

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.conftest import Bench

PASS, WARN, FAIL = CheckStatus.PASS, CheckStatus.WARN, CheckStatus.FAIL
NAME = "PROPEXO_WEBHOOK_SECRET"


class Place:
    """A working directory with a `.env`, an environment, and a store that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.env_file = folder, folder / ".env"
        self.environ: dict[str, str] = {}

    def write(self, text: str, mode: int = 0o600) -> None:
        self.env_file.write_text(text, encoding="utf-8")
        self.env_file.chmod(mode)

    def load(self) -> Any:
        folders = Folders(self.folder / "config", self.folder, self.folder / "state")
        return load_settings({"tunnel": "none"}, self.environ, self.folder, folders)

    def check(self) -> Check:
        around = Surroundings(env_file=self.env_file, environ=self.environ)
        facts = gather_facts(self.load(), surroundings=around)
        return next(check for check in run_checks(facts) if check.name is CheckName.SECRET)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_line_as_it_should_be(place: Place) -> None:
    place.write(f"OTHER=1\n{NAME}=abc$def#ghi\n")
    require(PASS, place.check(), "11 bytes", f"{NAME} in {place.env_file}:2")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("abc #def", "3 bytes are"),
        ("abc def #ghi", "# after the value"),
        ('"abc "', "white space or a quote"),
        ("“abc”", "white space or a quote"),
        ('"abc\\ndef"', "escape sequence"),
        (f"old\n{NAME}=new", "2 times"),
    ],
)
def test_lines_that_do_not_say_what_was_meant(place: Place, line: str, words: str) -> None:
    place.write(f"{NAME}={line}\n")
    found = require(WARN, place.check(), words)
    assert found.fix
    place.write(f"{NAME}='abc def'\n")
    require(PASS, place.check())


@pytest.mark.parametrize(
    "line", ["'abc #def'", '"abc #def" # a comment', "  abc  ", "'abc\\ndef'", '"abc\\\\def"']
)
def test_lines_that_need_no_warning_beside_the_exact_secret(place: Place, line: str) -> None:
    place.write(f"export {NAME}={line}\n")
    expected = WARN if "\\\\" in line else PASS
    assert place.check().status is expected


def test_a_file_that_others_can_read(place: Place) -> None:
    place.write(f"{NAME}=abc\n", 0o644)
    require(WARN, place.check(), "mode 0644", fix=f"chmod 600 {place.env_file}")
    place.env_file.chmod(0o600)
    require(PASS, place.check())
    place.write("OTHER=1\n", 0o644)
    assert place.check().status is CheckStatus.SKIP


def test_an_environment_that_overrides_the_file(place: Place) -> None:
    place.write(f"{NAME}=abc\n")
    place.environ = {NAME: "another"}
    require(WARN, place.check(), f"{place.env_file}:1 holds another", fix=f"remove {NAME}")
    place.environ = {NAME: "abc"}
    require(PASS, place.check())


def test_one_that_was_generated(place: Place) -> None:
    require(CheckStatus.SKIP, place.check(), "no secret yet")
    assert not list(place.folder.iterdir())
    settings = ensure_secret(place.load())
    require(PASS, place.check(), "64 bytes", "samples only", fix=NAME)
    settings.secret_file.chmod(0o640)
    require(WARN, place.check(), "mode 0640")
    settings.secret_file.chmod(0o600)
    settings.secret_file.write_bytes(b"\n")
    require(FAIL, place.check(), "is empty")


def test_a_file_that_was_changed_while_the_receiver_runs(
    place: Place, open_bench: Callable[..., AbstractContextManager[Bench]]
) -> None:
    place.write(f"{NAME}=first\n")
    settings = place.load()
    with open_bench(secret=settings.secret, sources=settings.sources) as bench:

        def check() -> Check:
            return judge(bench, CheckName.SECRET, env_file=place.env_file)

        require(PASS, check())
        place.write(f"\n{NAME}=second\n")
        require(FAIL, check(), f"{place.env_file}:2 is not the secret in force", fix="Restart")
        place.write(f"{NAME}=first\n")
        require(PASS, check())


def test_a_rotation(place: Place) -> None:
    place.write(f"{NAME}=new\n{NAME}_PREVIOUS=old\n")
    require(PASS, place.check(), "Two secrets are accepted")
    place.write(f"{NAME}=new\n{NAME}_PREVIOUS=new\n")
    require(WARN, place.check(), "nothing is being rotated")


def test_no_fact_holds_a_secret(place: Place) -> None:
    place.write(f"{NAME}=hush-hush-current\n{NAME}_PREVIOUS=hush-hush-previous\n")
    place.environ = {"NGROK_AUTHTOKEN": "hush-hush-token"}
    settings = replace(place.load(), tunnel="ngrok")
    around = Surroundings(env_file=place.env_file, environ=place.environ)
    facts = gather_facts(settings, surroundings=around)
    said = repr(facts) + repr(around) + repr(run_checks(facts))
    assert "hush" not in said
