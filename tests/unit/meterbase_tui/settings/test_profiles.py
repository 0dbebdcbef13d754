"""Profiles of the configuration file, and faults to the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meterbase_tui.settings import Folders, Settings, SettingsError, load_settings
from meterbase_tui.settings.config_file import read_config

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
port = 1
db = "production.db"
[[forward]]
url = "http://127.0.0.1:3000"
[profile.staging]
port = 2
secret = "of-staging"
[[profile.staging.forward]]
url = "http://127.0.0.1:4000"
[profile.named]
db = "named.db"
[profile.bare]
"""


class House:
    """A user's folders with a configuration in them."""

    def __init__(self, folder: Path, text: str = CONFIG) -> None:
        self.cwd = folder
        self.folders = Folders(folder / "config", folder / "data", folder / "state")
        self.folders.config.mkdir()
        self.file = self.folders.config_file
        self.file.write_text(text)
        self.file.chmod(0o600)

    def load(self, profile: str | None = None, /, **environ: str) -> Settings:
        return load_settings({"profile": profile}, environ, self.cwd, self.folders)

    def refusal(self, profile: str | None = None, /, **environ: str) -> str:
        with pytest.raises(SettingsError) as caught:
            self.load(profile, **environ)
        return str(caught.value)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_without_a_profile_only_the_top_counts(house: House) -> None:
    settings = house.load()
    assert (settings.profile, settings.port, settings.secret) == (None, 1, None)
    assert settings.profiles == ("staging", "named", "bare")
    assert settings.db == house.folders.config / "production.db"
    assert [target.url for target in settings.forward_targets] == ["http://127.0.0.1:3000"]


def test_a_profile_comes_before_the_top(house: House) -> None:
    settings = house.load("staging")
    assert (settings.profile, settings.port, settings.secret) == ("staging", 2, b"of-staging")
    assert settings.source("port") == f"profile.staging.port in {house.file}:6"
    assert [target.url for target in settings.forward_targets] == ["http://127.0.0.1:4000"]
    bare = house.load("bare")
    assert bare.port == 1
    assert [target.url for target in bare.forward_targets] == ["http://127.0.0.1:3000"]


def test_each_profile_has_a_store_and_a_secret_of_its_own(house: House) -> None:
    staging, bare = house.load("staging"), house.load("bare")
    assert staging.db == house.folders.data / "meterbase-staging.db"
    assert bare.db == house.folders.data / "meterbase-bare.db"
    assert bare.secret_file != house.load().secret_file
    assert house.load("named").db == house.folders.config / "named.db"
    assert house.load("bare", METERBASE_DB="here.db").db == house.cwd / "here.db"


def test_a_profile_is_chosen_in_three_places(house: House) -> None:
    (house.cwd / ".env").write_text("METERBASE_TUI_PROFILE=named\n")
    assert house.load().profile == "named"
    assert house.load(METERBASE_TUI_PROFILE="bare").profile == "bare"
    assert house.load("staging", METERBASE_TUI_PROFILE="bare").profile == "staging"
    assert house.load(METERBASE_TUI_PROFILE="").profile == "named"
    (house.cwd / ".env").unlink()
    assert house.load(METERBASE_TUI_PROFILE="").profile is None


def test_a_profile_that_there_is_not_is_an_error(house: House) -> None:
    assert house.refusal("stagin") == (
        f"--profile is stagin, and {house.file} has no [profile.stagin]. Did you mean staging?"
    )
    assert "It has staging, named, bare." in house.refusal(METERBASE_TUI_PROFILE="xyz")
    assert "must be up to 32 letters" in house.refusal("../../etc")


def test_what_a_profile_says_in_vain_is_told(house: House) -> None:
    assert house.load("staging").warnings == ()
    (warning,) = house.load("staging", PROPEXO_WEBHOOK_SECRET="other").warnings
    assert warning.startswith(
        f"PROPEXO_WEBHOOK_SECRET is stronger than profile.staging.secret in {house.file}:7."
    )
    assert house.load("bare", PROPEXO_WEBHOOK_SECRET="other").warnings == ()


def test_a_secret_in_a_profile_is_a_secret(house: House) -> None:
    house.file.chmod(0o644)
    (warning,) = house.load().warnings
    assert "chmod 600" in warning


def test_every_fault_is_told_with_line_and_column(tmp_path: Path) -> None:
    text = """\
prot = 1
tunnel = "ngork"
port = 70000
[[forward]]
url = "http://127.0.0.1"
  event = []
[[forward]]
url = "http://127.0.0.1"
[profile.staging]
theme = "drak"
[profile."a b"]
[keys]
a = 1
"""
    path = tmp_path / "config.toml"
    faults = [str(fault) for fault in read_config(text, path).faults]
    expected = [
        f"prot in {path}:1:1 is not a setting. Did you mean port?",
        (
            f"tunnel in {path}:2:10 must be one of auto, ngrok, command, url, none, not 'ngork'. "
            "Did you mean ngrok?"
        ),
        f"port in {path}:3:8 must be a port from 0 (any free one) to 65535, not '70000'.",
        f"event in [[forward]] number 1 in {path}:6:3 is not known. Did you mean events?",
        (
            f"profile.staging.theme in {path}:10:9 must be one of dark, light, contrast, "
            "not 'drak'. Did you mean dark?"
        ),
        (
            f"The name of a profile in {path}:11:10 must be up to 32 letters, digits, - and _, "
            "the first of them no - or _."
        ),
        f'a under [keys] in {path}:13:5 must be a text such as "f5".',
    ]
    assert faults == expected


def test_the_same_target_twice_is_told_where(tmp_path: Path) -> None:
    text = '[[forward]]\nurl = "http://127.0.0.1"\n' * 2
    (fault,) = read_config(text, tmp_path / "c.toml").faults
    assert f"http://127.0.0.1 in {tmp_path}/c.toml:4:7 stands in two tables" in str(fault)


@pytest.mark.parametrize("text", ["profile = 'staging'", "profile.staging = 1", "[[profile]]"])
def test_profiles_are_tables(tmp_path: Path, text: str) -> None:
    house = House(tmp_path, text)
    assert "write [profile.NAME] above each" in house.refusal()


def test_a_profile_names_no_other(tmp_path: Path) -> None:
    (fault,) = read_config("[profile.a]\nprofile = 'b'\n", tmp_path / "c.toml").faults
    assert "profile.a.profile in" in str(fault)
    assert "is not a setting" in str(fault)


def test_a_secret_is_not_quoted_in_a_fault(tmp_path: Path) -> None:
    text = "secret = ' '\n[profile.a]\napi_key = 'hunter2 é'\n"
    faults = [str(fault) for fault in read_config(text, tmp_path / "c.toml").faults]
    assert len(faults) == 2
    assert "hunter2" not in "".join(faults)
