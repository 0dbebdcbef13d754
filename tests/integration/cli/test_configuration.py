"""`config --init`, `--check`, `--schema`, and profiles on the command line."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Any
    Inside = Callable[..., Any]


def config_file(cli: Cli) -> Path:
    path: Path = cli.home / "config" / "meterbase-tui" / "config.toml"
    return path


def write(cli: Cli, text: str) -> Path:
    path = config_file(cli)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_new_file_is_private_and_sets_nothing(inside: Inside, cli: Cli) -> None:
    ended = inside("config", "--init")
    path = config_file(cli)
    assert (ended.code, ended.out) == (0, f"Wrote {path}.\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert tomllib.loads(path.read_text()) == {}
    assert inside("config", "--check").code == 0
    assert "whsec" not in path.read_text()


def test_a_file_that_is_there_is_left_as_it_is(inside: Inside, cli: Cli) -> None:
    path = write(cli, "port = 1\n")
    ended = inside("config", "--init")
    assert (ended.code, ended.out) == (2, "")
    assert f"{path} is there already" in ended.err
    assert path.read_text() == "port = 1\n"
    dangling = cli.cwd / "link.toml"
    dangling.symlink_to(cli.home / "elsewhere")
    assert inside("config", "--init", "--config", dangling).code == 2
    assert not (cli.home / "elsewhere").exists()


def test_another_file_can_be_begun(inside: Inside, cli: Cli) -> None:
    assert inside("config", "--init", "--config", "mine.toml").code == 0
    assert "[profile.staging]" in (cli.cwd / "mine.toml").read_text()
    ended = inside("config", "--init", "--config", cli.cwd / ".." / "work" / "mine.toml" / "x")
    assert ended.code == 2
    assert "cannot be written" in ended.err


def test_a_check_says_everything_at_once(inside: Inside, cli: Cli) -> None:
    path = write(cli, "prot = 1\nport = 'x'\n[profile.a]\ntheme = 'drak'\n")
    ended = inside("config", "--check")
    assert ended.code == 3
    lines = ended.out.splitlines()
    assert [line.split(" must")[0].split(" is not")[0] for line in lines] == [
        f"prot in {path}:1:1",
        f"port in {path}:2:8",
        f"profile.a.theme in {path}:4:9",
    ]
    as_json = inside("config", "--check", "--json")
    assert as_json.document == {"ok": False, "config_file": str(path), "problems": lines}
    assert inside("deliveries").err == f"meterbase-tui: {lines[0]}\n"


def test_a_check_looks_at_keys_and_at_other_places_too(inside: Inside, cli: Cli) -> None:
    path = write(cli, '[keys]\n"delivery.repaly" = "R"\n')
    ended = inside("config", "--check")
    assert ended.code == 3
    assert f"delivery.repaly under [keys] in {path}:2:1 is nothing" in ended.out
    assert "Did you mean delivery.replay?" in ended.out
    path.unlink()
    (cli.cwd / ".env").write_text("\nMETERBASE_TUNNEL=ngork\n")
    ended = inside("config", "--check", METERBASE_TUNNEL="none")
    assert f"METERBASE_TUNNEL in {cli.cwd}/.env:2 must be one of" in ended.out
    assert ended.out.endswith("Did you mean ngrok?\n")


def test_the_schema_is_one(inside: Inside) -> None:
    schema = inside("config", "--schema").document
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["port"]["default"] == 8787


def test_a_profile_is_shown_and_has_its_own_store(inside: Inside, cli: Cli) -> None:
    path = write(cli, "[profile.staging]\nport = 1\n[profile.live]\n")
    ended = inside("config", "--profile", "staging", "--json")
    assert (ended.document["profile"], ended.document["profiles"]) == (
        "staging",
        ["staging", "live"],
    )
    assert ended.document["settings"]["port"]["source"] == f"profile.staging.port in {path}:2"
    db = ended.document["settings"]["db"]["value"]
    assert db == str(cli.data / "meterbase-staging.db")
    ended = inside("config", METERBASE_TUI_PROFILE="live")
    assert f"{path}, profile live; its keys are" in ended.err
    assert "Other profiles are staging." in ended.err
    assert inside("secret", "--profile", "live").code == 0
    missing = inside("deliveries", "--profile", "live")
    assert missing.code == 4
    assert "meterbase-live.db" in missing.err
