"""Where settings come from, which place wins, and what is said about a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from meterbase_tui.settings import Folders, Settings, SettingsError, load_settings
from meterbase_tui.settings.definitions import DEFINITIONS
from receiver.tunnel.status import ProviderName

if TYPE_CHECKING:
    from pathlib import Path


class Place(NamedTuple):
    """A working directory and a user's folders."""

    cwd: Path
    folders: Folders

    def load(
        self, options: dict[str, object] | None = None, environ: dict[str, str] | None = None
    ) -> Settings:
        return load_settings(options or {}, environ or {}, self.cwd, self.folders)

    def refusal(
        self, options: dict[str, object] | None = None, environ: dict[str, str] | None = None
    ) -> str:
        with pytest.raises(SettingsError) as caught:
            self.load(options, environ)
        sentence = str(caught.value)
        assert "\n" not in sentence
        return sentence

    def write_env(self, content: str | bytes) -> Path:
        path = self.cwd / ".env"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o600)
        return path

    def write_config(self, content: str) -> Path:
        self.folders.config.mkdir(exist_ok=True)
        self.folders.config_file.write_text(content)
        self.folders.config_file.chmod(0o600)
        return self.folders.config_file


@pytest.fixture
def place(tmp_path: Path) -> Place:
    cwd = tmp_path / "work"
    cwd.mkdir()
    return Place(cwd, Folders(tmp_path / "config", tmp_path / "data", tmp_path / "state"))


def test_without_anything_there_are_defaults(place: Place) -> None:
    settings = place.load()
    assert (settings.host, settings.port) == ("127.0.0.1", 8787)
    assert settings.db == place.folders.data / "meterbase.db"
    assert settings.tunnel is ProviderName.AUTO
    assert settings.max_body == 1 << 20
    assert settings.sample_connection is True
    assert settings.secret is None
    assert settings.forward_to is None
    assert settings.source("port") == "default"
    assert settings.warnings == ()


def test_each_place_wins_over_the_next(place: Place) -> None:
    config = place.write_config("port = 1\n")
    assert place.load().port == 1
    assert place.load().source("port") == f"port in {config}:1"
    env = place.write_env("\n# hello\nexport METERBASE_PORT=2\n")
    assert place.load().port == 2
    assert place.load().source("port") == f"METERBASE_PORT in {env}:3"
    environ = {"METERBASE_PORT": "3"}
    assert place.load(environ=environ).port == 3
    assert place.load(environ=environ).source("port") == "METERBASE_PORT"
    assert place.load({"port": "4"}, environ).port == 4
    assert place.load({"port": "4"}, environ).source("port") == "--port"
    assert place.load({"port": None}, environ).port == 3


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_every_setting_can_be_given_by_variable_and_by_key(place: Place, definition) -> None:  # type: ignore[no-untyped-def]
    values = {
        "secret": "s3cret",
        "previous_secret": "older",
        "api_url": "https://api.example.com",
        "api_key": "key",
        "rubs_method": "sqft",
        "rubs_vacant": "owner",
        "host": "0.0.0.0",
        "port": "9999",
        "db": "/x/y.db",
        "max_body": "2048",
        "sample_connection": "false",
        "samples": "/x/samples",
        "forward_to": "http://127.0.0.1:3000/hook",
        "forward_any_host": "true",
        "forward_headers": "X-Env: dev",
        "max_backlog": "7",
        "wait_for_forward": "true",
        "tunnel": "none",
        "ngrok_authtoken": "token",
        "domain": "name.ngrok-free.app",
        "ngrok_path": "/opt/ngrok",
        "tunnel_command": "cloudflared tunnel --url http://127.0.0.1:{port}",
        "public_url": "https://hooks.example.com",
        "keep_days": "30",
        "keep_deliveries": "5000",
        "keep_size": "1.5GiB",
        "log_level": "warning",
        "log_file": "/var/log/mine.log",
        "theme": "light",
    }
    text = values[definition.name]
    by_variable = place.load(environ={definition.variable: text})
    place.write_config(f"{definition.name} = '{text}'\n")
    by_key = place.load()
    default = place.load({"config": str(place.write_config(""))})
    value = getattr(by_variable, definition.name)
    assert value == getattr(by_key, definition.name)
    assert value != getattr(default, definition.name)


def test_toml_may_use_its_own_types(place: Place) -> None:
    place.write_config("port = 9000\nsample_connection = false\ndb = 'store.db'\n")
    settings = place.load()
    assert settings.port == 9000
    assert settings.sample_connection is False
    # Relative to the file that says so: it is the same store from every working directory.
    assert settings.db == place.folders.config / "store.db"


def test_a_byte_order_mark_is_no_part_of_the_first_key(place: Place) -> None:
    place.write_config("\ufeffport = 9000\n")
    assert place.load().port == 9000


def test_other_relative_paths_belong_to_the_working_directory(place: Place) -> None:
    assert place.load({"db": "a.db"}).db == place.cwd / "a.db"
    place.write_env("METERBASE_DB=b.db\n")
    assert place.load().db == place.cwd / "b.db"


def test_an_empty_variable_says_nothing(place: Place) -> None:
    place.write_env("METERBASE_PORT=99\nMETERBASE_FORWARD_TO=http://127.0.0.1:1/\n")
    settings = place.load(environ={"METERBASE_PORT": "", "METERBASE_FORWARD_TO": ""})
    assert settings.port == 99
    # … but where there may be none, it says that there is none.
    assert settings.forward_to is None


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("METERBASE_PORT", "http"),
        ("METERBASE_HOST", "a b"),
        ("METERBASE_MAX_BODY", "lots"),
        ("METERBASE_TUNNEL", "frp"),
        ("METERBASE_SAMPLE_CONNECTION", "2"),
        ("METERBASE_FORWARD_TO", "localhost:3000"),
        ("METERBASE_PUBLIC_URL", "http://example.com"),
        ("METERBASE_TUNNEL_COMMAND", "'"),
        ("NGROK_DOMAIN", "no spaces"),
        ("PROPEXO_API_URL", "gopher://x"),
    ],
)
def test_a_bad_value_is_one_line_with_its_place(place: Place, variable: str, text: str) -> None:
    sentence = place.refusal(environ={variable: text})
    assert sentence.startswith(f"{variable} must")
    assert repr(text) in sentence
    path = place.write_env(f'{variable}="{text}"\n')
    assert place.refusal().startswith(f"{variable} in {path}:1 must")
    # A stronger place does not hide the mistake: it would come up another day.
    good = next(d for d in DEFINITIONS if d.variable == variable)
    if good.name == "port":
        assert "METERBASE_PORT" in place.refusal({"port": "1"})


@pytest.mark.parametrize(
    "variable", ["PROPEXO_WEBHOOK_SECRET", "PROPEXO_WEBHOOK_SECRET_PREVIOUS", "NGROK_AUTHTOKEN"]
)
def test_a_refused_secret_is_not_quoted(place: Place, variable: str) -> None:
    text = " \t " if "SECRET" in variable else "tökén-of-mine"
    assert "mine" not in place.refusal(environ={variable: text})


def test_an_empty_secret_is_refused_and_an_empty_previous_one_is_none(place: Place) -> None:
    assert "anyone could sign" in place.refusal(environ={"PROPEXO_WEBHOOK_SECRET": ""})
    assert place.load(environ={"PROPEXO_WEBHOOK_SECRET_PREVIOUS": ""}).previous_secret is None
    place.write_env("PROPEXO_WEBHOOK_SECRET\n")
    assert "has no value" in place.refusal()


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("PROPEXO_WEBHOOK_SECRET=ab #c", b"ab"),
        ("PROPEXO_WEBHOOK_SECRET=a${HOME}", b"a${HOME}"),
        ("PROPEXO_WEBHOOK_SECRET='a b'", b"a b"),
        ('PROPEXO_WEBHOOK_SECRET="a\\nb"', b"a\nb"),
        ("PROPEXO_WEBHOOK_SECRET=“a”", "“a”".encode()),
        ("\ufeffPROPEXO_WEBHOOK_SECRET=bom", b"bom"),
    ],
)
def test_env_files_are_read_as_dotenv_does_and_never_interpolated(
    place: Place, line: str, secret: bytes
) -> None:
    place.write_env(line + "\n")
    assert place.load(environ={"HOME": "/root"}).secret == secret


@pytest.mark.parametrize("content", ["é=1\n".encode("latin-1"), "A=1\n".encode("utf-16")])
def test_an_env_file_must_be_utf8(place: Place, content: bytes) -> None:
    path = place.write_env(content)
    assert place.refusal().startswith(f"{path} is not UTF-8 text")


def test_a_malformed_line_is_refused_only_if_it_is_ours(place: Place) -> None:
    path = place.write_env("METERBASE_PORT=5\nOTHER='open\n")
    settings = place.load()
    assert settings.port == 5
    assert settings.warnings == (f"{path}:2 is malformed and was passed over.",)
    place.write_env("PROPEXO_WEBHOOK_SECRET='hunter2\n")
    sentence = place.refusal()
    assert f"PROPEXO_WEBHOOK_SECRET in {path}:1" in sentence
    assert "hunter2" not in sentence


def test_a_folder_called_env_is_not_a_file_of_settings(place: Place) -> None:
    (place.cwd / ".env").mkdir()
    assert place.load().port == 8787


def test_a_file_that_is_named_must_be_there(place: Place) -> None:
    assert "cannot be read" in place.refusal({"env_file": "none.env"})
    assert "cannot be read" in place.refusal({"config": "none.toml"})
    (place.cwd / "some.env").write_text("METERBASE_PORT=7\n")
    (place.cwd / "some.toml").write_text("host = '::1'\n")
    settings = place.load({"env_file": "some.env", "config": "some.toml"})
    assert (settings.port, settings.host) == (7, "::1")


@pytest.mark.parametrize(
    ("content", "at", "advice"),
    [
        ("host = '::1'\n  prot = 1\n", "2:3", "Did you mean port?"),
        ("\n[zzz]\nx = 1\n", "2:2", "Known are secret"),
        ("forward-to = 'http://127.0.0.1'\n", "1:1", "Did you mean forward_to?"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(
    place: Place, content: str, at: str, advice: str
) -> None:
    path = place.write_config(content)
    sentence = place.refusal()
    assert f"{path}:{at} is not a setting" in sentence
    assert advice in sentence


@pytest.mark.parametrize("value", ["[1]", "1.5", "2026-03-25", "{a = 1}"])
def test_a_value_of_another_type_is_refused(place: Place, value: str) -> None:
    path = place.write_config(f"port = {value}\n")
    assert place.refusal().startswith(f"port in {path}:1:8 must be")


def test_what_is_no_toml_is_refused_with_the_place(place: Place) -> None:
    path = place.write_config("port = \n")
    assert place.refusal() == f"{path}:1:8 is not TOML: Invalid value."
    place.write_config("host = '::1'\nport =")
    assert place.refusal().startswith(f"{path}:2:7 is not TOML: ")


def test_forwarding_to_a_stranger_needs_consent(place: Place) -> None:
    far: dict[str, object] = {"forward_to": "https://example.com/hook"}
    assert "--forward-any-host" in place.refusal(far)
    assert place.load({**far, "forward_any_host": True}).forward_to == far["forward_to"]
    assert place.load({"forward_to": "http://localhost:3000"}).forward_to


def test_an_address_or_a_command_implies_its_tunnel(place: Place) -> None:
    by_url = place.load({"public_url": "https://hooks.example.com/"})
    assert by_url.tunnel is ProviderName.URL
    assert by_url.tunnel_settings.public_url == "https://hooks.example.com"
    assert by_url.source("tunnel") == "implied by --public-url"
    assert place.load({"tunnel_command": "cloudflared"}).tunnel is ProviderName.COMMAND
    both: dict[str, object] = {"public_url": "https://a.example", "tunnel_command": "x"}
    assert "--tunnel url or --tunnel command" in place.refusal(both)
    assert place.load({**both, "tunnel": "none"}).tunnel is ProviderName.NONE


def test_a_tunnel_without_what_it_needs_is_refused(place: Place) -> None:
    assert "--public-url" in place.refusal({"tunnel": "url"})
    assert "METERBASE_TUNNEL_COMMAND" in place.refusal(environ={"METERBASE_TUNNEL": "command"})


def test_doubts_about_a_secret_are_told_without_it(place: Place) -> None:
    settings = place.load(environ={"PROPEXO_WEBHOOK_SECRET": " hunter2hunter2\n"})
    assert settings.secret == b" hunter2hunter2\n"
    (warning,) = settings.warnings
    assert "PROPEXO_WEBHOOK_SECRET begins or ends with" in warning
    assert "16 bytes" in warning
    assert "hunter2" not in warning
    same = {"PROPEXO_WEBHOOK_SECRET": "a1", "PROPEXO_WEBHOOK_SECRET_PREVIOUS": "a1"}
    assert "nothing is being rotated" in place.load(environ=same).warnings[0]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_with_a_secret_that_others_can_read_is_told(place: Place, mode: int) -> None:
    env = place.write_env("PROPEXO_WEBHOOK_SECRET=abc\n")
    assert place.load().warnings == ()
    env.chmod(mode)
    (warning,) = place.load().warnings
    assert f"chmod 600 {env}" in warning
    env.write_text("METERBASE_PORT=1\n")
    assert place.load().warnings == ()


def test_no_secret_is_in_the_repr(place: Place) -> None:
    environ = {
        "PROPEXO_WEBHOOK_SECRET": "hunter2-current",
        "PROPEXO_WEBHOOK_SECRET_PREVIOUS": "hunter2-previous",
        "PROPEXO_API_KEY": "hunter2-key",
        "NGROK_AUTHTOKEN": "hunter2-token",
    }
    settings = place.load(environ=environ)
    assert settings.secrets.current == b"hunter2-current"
    assert settings.ngrok_authtoken == "hunter2-token"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in repr(settings.tunnel_settings)
    assert "hunter2" not in repr(settings.secrets)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8787/api/webhooks/propexo"),
        ("0.0.0.0", "http://127.0.0.1:8787/api/webhooks/propexo"),
        ("::", "http://[::1]:8787/api/webhooks/propexo"),
        ("::1", "http://[::1]:8787/api/webhooks/propexo"),
        ("localhost", "http://localhost:8787/api/webhooks/propexo"),
    ],
)
def test_the_local_address_can_be_connected_to(place: Place, host: str, url: str) -> None:
    assert place.load({"host": host}).webhook_url == url


def test_a_name_that_is_almost_one_of_ours_is_a_warning(place: Place) -> None:
    place.write_env("PROPEXO_WEBHOOK_SECRETS=x\nMETERBASE_DATABASE_URL=postgres://\nOTHER=1\n")
    (warning,) = place.load().warnings
    assert warning.startswith("PROPEXO_WEBHOOK_SECRETS in ")
    assert warning.endswith("Did you mean PROPEXO_WEBHOOK_SECRET?")
    place.write_env("")
    (warning,) = place.load(environ={"METERBASE_PROT": "1", "NGROK_API_KEY": "k"}).warnings
    assert warning == (
        "METERBASE_PROT in the environment is not a setting and is ignored. "
        "Did you mean METERBASE_PORT?"
    )
    both = {"METERBASE_PROT": "1", "METERBASE_PORT": "2"}
    assert place.load(environ=both).warnings == ()


@pytest.mark.parametrize(
    "text", ['[keys]\n"delivery.replay" = "R"\n', '[keys]\ndelivery.replay = "R"\n']
)
def test_keys_are_read_with_quotes_or_without(place: Place, text: str) -> None:
    place.write_config(text)
    assert dict(place.load().keys) == {"delivery.replay": "R"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keys = 1\n", "must be a table"),
        ("[keys]\ndelivery.replay = 5\n", "delivery.replay under [keys]"),
        ('[keys]\ndelivery.replay = ""\n', "delivery.replay under [keys]"),
        ("[keys.a.b]\nc = 'x'\n", "a.b under [keys]"),
    ],
)
def test_keys_that_make_no_sense_are_named(place: Place, text: str, words: str) -> None:
    place.write_config(text)
    assert words in place.refusal()
