"""Settings on the command line, `config` and `secret`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Cli = Any
    Inside = Callable[..., Any]

SECRET = "whsec_3f0c5b8a9d1e4f27a6b2c8d0e9f14a5b"


def _settings(ended: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = ended.document["settings"]
    return found


def test_options_count_before_and_after_the_command(inside: Inside) -> None:
    for arguments in (("--port", "1", "config"), ("config", "--port", "1")):
        found = _settings(inside(*arguments, "--json", METERBASE_PORT="2"))
        assert found["port"]["value"] == 1
        assert found["port"]["source"] == "--port"
    # The one that stands nearer to the end is meant.
    assert _settings(inside("--port", "1", "config", "--port", "3", "--json"))["port"]["value"] == 3


def test_switches_can_be_turned_both_ways(inside: Inside) -> None:
    off = _settings(inside("config", "--json", "--no-sample-connection", "--no-tunnel"))
    assert off["sample_connection"]["value"] is False
    assert off["tunnel"] | {"variable": 0, "option": 0} == {
        "value": "none", "source": "--tunnel", "variable": 0, "option": 0,
    }  # fmt: skip
    on = _settings(
        inside("config", "--json", "--sample-connection", METERBASE_SAMPLE_CONNECTION="0")
    )
    assert on["sample_connection"]["value"] is True
    far = ("--forward-to", "https://example.com/", "--forward-any-host")
    assert _settings(inside("config", "--json", *far))["forward_any_host"]["value"] is True


def test_env_file_and_configuration_are_found_and_can_be_named(inside: Inside, cli: Cli) -> None:
    (cli.cwd / ".env").write_text("METERBASE_PORT=21\n")
    config = cli.home / "config" / "meterbase-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('port = 22\nhost = "::1"\n')
    found = _settings(inside("config", "--json"))
    assert found["port"] | {"variable": 0, "option": 0} == {
        "value": 21,
        "source": f"METERBASE_PORT in {cli.cwd}/.env:1",
        "variable": 0,
        "option": 0,
    }
    assert found["host"]["source"] == f"host in {config}:2"
    other = cli.cwd / "other.env"
    other.write_text("METERBASE_PORT=23\n")
    assert _settings(inside("config", "--json", "--env-file", other))["port"]["value"] == 23
    named = cli.cwd / "other.toml"
    named.write_text("max_body = 2048\n")
    ended = inside("config", "--json", "--config", named)
    assert _settings(ended)["max_body"]["value"] == 2048
    assert _settings(ended)["host"]["value"] == "127.0.0.1"
    assert ended.document["config_file"] == str(named)


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (("--port", "http"), {}, "--port must be a port"),
        (("--forward-to", "https://example.com"), {}, "--forward-any-host"),
        ((), {"METERBASE_PORT": "70000"}, "METERBASE_PORT must be a port"),
        ((), {"PROPEXO_WEBHOOK_SECRET": " "}, "PROPEXO_WEBHOOK_SECRET must not be empty"),
        ((), {"PROPEXO_WEBHOOK_SECRET": ""}, "PROPEXO_WEBHOOK_SECRET must not be empty"),
        (("--config", "none.toml"), {}, "none.toml cannot be read"),
        (("--tunnel", "carrier-pigeon"), {}, "--tunnel must be one of"),
    ],
)
def test_a_bad_setting_is_one_line_and_exit_2(
    inside: Inside, arguments: tuple[str, ...], variables: dict[str, str], words: str
) -> None:
    for command in ("config", "listen"):
        ended = inside(command, *arguments, **variables)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
        assert ended.err.count("\n") == 1


def test_an_unknown_key_of_the_configuration_stops_every_command(inside: Inside, cli: Cli) -> None:
    config = cli.home / "config" / "meterbase-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("prot = 1\n")
    for command in ("config", "deliveries", "secret"):
        ended = inside(command)
        assert ended.code == 2
        assert f"prot in {config}:1:1 is not a setting. Did you mean port?" in ended.err


def test_config_masks_what_is_secret_unless_it_is_to_be_revealed(inside: Inside) -> None:
    variables = {"NGROK_AUTHTOKEN": "2abcdefghijklmnopqrstuvwxyz", "PROPEXO_API_KEY": "api-hunter2"}
    for arguments in ((), ("--json",)):
        hidden = inside("config", *arguments, **variables)
        for secret in (SECRET, *variables.values()):
            assert secret not in hidden.out + hidden.err
            assert secret in inside("config", "--reveal", *arguments, **variables).out
    found = _settings(inside("config", "--json"))
    assert found["secret"]["value"] == "••••••••5b (38 characters)"


def test_config_makes_no_secret(inside: Inside, cli: Cli) -> None:
    ended = inside("config", "--json", "--env-file", "/dev/null", PROPEXO_WEBHOOK_SECRET="x")
    assert ended.code == 0
    assert not cli.data.exists()


def _without_secret(cli: Cli) -> dict[str, str]:
    variables: dict[str, str] = cli.environ({})
    del variables["PROPEXO_WEBHOOK_SECRET"]
    return variables


def test_a_secret_is_generated_when_one_is_needed(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = _without_secret(cli)
    monkeypatch.setattr(type(cli), "environ", lambda _self, variables: without | variables)
    assert cli("config").code == 0
    assert cli("deliveries").code == 4
    assert not cli.data.exists()
    masked = cli("secret")
    path = cli.data / "meterbase.db.secret"
    kept = path.read_text().strip()
    assert path.stat().st_mode & 0o777 == 0o600
    assert cli.data.stat().st_mode & 0o777 == 0o700
    assert kept not in masked.out + masked.err
    assert f"generated, kept in {path}" in masked.out
    revealed = cli("secret", "--reveal")
    assert (revealed.out, revealed.err) == (kept + "\n", "")
    assert cli("secret", "--reveal", "--json").document["secret"] == kept
    assert f"{kept[-2:]} (64 characters)" in cli("config").out


def test_a_secret_is_revealed_to_the_byte(cli: Cli) -> None:
    import subprocess  # noqa: PLC0415

    raw = subprocess.run(
        cli.argv("secret", "--reveal"),
        capture_output=True,
        cwd=cli.cwd,
        env=cli.environ({"PROPEXO_WEBHOOK_SECRET": " 'é\udcff\t\x1b' "}),
        check=True,
    )
    assert raw.stdout == " 'é".encode() + b"\xff\t\x1b' \n"
    assert b"begins or ends with white space or a quote" in raw.stderr


def test_sign_prints_the_value_of_the_header(inside: Inside, cli: Cli) -> None:
    # The known answer that GitHub publishes for the same scheme.
    body = cli.cwd / "body.txt"
    body.write_bytes(b"Hello, World!")
    ended = inside("sign", body, PROPEXO_WEBHOOK_SECRET="It's a Secret to Everybody")
    assert ended.out == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17\n"
    )
    # … and that of Octokit, by standard input.
    piped = cli("sign", "-", stdin=b'{"foo":"bar"}', PROPEXO_WEBHOOK_SECRET="mysecret")
    assert piped.out == (
        "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3\n"
    )


def test_sign_needs_a_file_that_is_there(inside: Inside, cli: Cli) -> None:
    assert inside("sign", "nowhere.json").code == 4
    assert inside("sign", cli.cwd).code == 2
    assert inside("sign").code == 2


def test_samples_are_listed_and_printed(inside: Inside) -> None:
    listed = {line["name"]: line for line in inside("samples", "--json").lines}
    assert {"test_ping", "data_new_unit", "data_update_unit", "sync_complete"} <= set(listed)
    assert listed["data_new_unit"]["kind"] == "sample"
    assert listed["data_new_unit"]["payload"]["data"]["unit_number"] == "305"
    assert "data_new_unit" in inside("samples").out
    ended = inside("samples", "data_nwe_unit")
    assert ended.code == 4
    assert "Did you mean data_new_unit" in ended.err
