from __future__ import annotations

from pathlib import Path

import pytest

from receiver.tunnel import ProviderName, TunnelSettings, report_agent
from receiver.tunnel.agent_config import AgentConfig, find_config, read_config
from receiver.tunnel.agent_report import agent_environment
from receiver.tunnel.agent_search import config_directory

TOKEN = "secret-token-of-the-file"


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (f"version: 3\nagent:\n  authtoken: {TOKEN}\n", TOKEN),
        (f"version: '3'\nagent:\n  authtoken: ' {TOKEN} '\n", TOKEN),
        (f"version: '2'\nauthtoken: {TOKEN}\n", TOKEN),
        (f"authtoken: {TOKEN}\n", TOKEN),
        # In the wrong place for its version: the agent does not take it either.
        (f"version: 3\nauthtoken: {TOKEN}\n", None),
        ("version: 3\nagent:\n  authtoken: ''\n", None),
        ("version: 3\nagent:\n", None),
        ("version: 3\nagent: 5\n", None),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_the_token_is_where_the_version_of_the_file_keeps_it(
    tmp_path: Path, text: str, token: str | None
) -> None:
    path = tmp_path / "ngrok.yml"
    path.write_text(text)
    config = read_config(path)

    assert config.token == token
    assert config.problem is None
    assert TOKEN not in repr(config)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"authtoken: [{TOKEN}\n", "is not YAML"),
        (f"\tauthtoken: {TOKEN}\n", "line 1 is not YAML"),
        ("- 1\n", "not a mapping"),
        ("version: 3\nagent:\n  web_addr: false\n", "web_addr"),
        ("log_format: json\n", "log_format"),
        ("log_level: warn\n", "log_level"),
    ],
)
def test_what_cannot_work_is_said_without_quoting_the_line(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "ngrok.yml"
    path.write_text(text)
    problem = read_config(path).problem

    assert problem is not None
    assert problem.code == "agent_config"
    assert words in problem.sentence
    assert str(path) in problem.sentence
    assert TOKEN not in repr(problem)


def test_bytes_that_are_no_text_and_a_directory_are_problems(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "bytes", tmp_path):
        assert read_config(path).problem is not None


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert read_config(tmp_path / "ngrok.yml") == AgentConfig()


def test_the_file_is_the_default_one_then_the_one_of_older_agents(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    old = tmp_path / ".ngrok2" / "ngrok.yml"
    old.parent.mkdir()
    old.write_text("authtoken: old\n")
    found = find_config(Path("/usr/bin/ngrok"), environ)
    assert (found.path, found.is_default, found.token) == (old, False, "old")

    new = config_directory(environ) / "ngrok.yml"
    new.parent.mkdir(parents=True)
    new.write_text("authtoken: new\n")
    found = find_config(Path("/usr/bin/ngrok"), environ)
    assert (found.path, found.is_default, found.token) == (new, True, "new")


def test_a_snap_has_a_home_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "snap" / "ngrok" / "current" / ".config" / "ngrok" / "ngrok.yml"
    path.parent.mkdir(parents=True)
    path.write_text("authtoken: snapped\n")
    assert find_config(Path("/snap/bin/ngrok"), {"HOME": str(tmp_path)}).token == "snapped"


def agent(tmp_path: Path) -> Path:
    path = tmp_path / "ngrok"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_report_says_where_the_token_comes_from_and_never_the_token(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "PATH": ""}
    path = config_directory(environ) / "ngrok.yml"
    path.parent.mkdir(parents=True)
    path.write_text(f"authtoken: {TOKEN}\n")
    settings = TunnelSettings(tmp_path, ngrok_path=agent(tmp_path))
    by_setting = TunnelSettings(tmp_path, ngrok_path=settings.ngrok_path, auth_token=TOKEN)

    assert report_agent(settings, environ).token_from == str(path)
    by_environ = report_agent(settings, environ | {"NGROK_AUTHTOKEN": TOKEN})
    assert by_environ.token_from == "NGROK_AUTHTOKEN in the environment"
    assert report_agent(by_setting, environ).token_from == "NGROK_AUTHTOKEN"
    assert report_agent(settings, environ).why_off is None
    for report in (report_agent(settings, environ), by_environ):
        assert TOKEN not in repr(report)
        assert report.redact(f"it was {TOKEN}") == "it was (hidden)"


def test_a_token_of_spaces_is_none(tmp_path: Path) -> None:
    settings = TunnelSettings(tmp_path, ngrok_path=agent(tmp_path), auth_token="  ")
    report = report_agent(settings, {"HOME": str(tmp_path), "NGROK_AUTHTOKEN": " "})
    assert report.token_from is None
    assert "NGROK_AUTHTOKEN" in (report.why_off or "")


def test_the_agents_environment_has_its_token_and_nothing_of_the_webhooks(tmp_path: Path) -> None:
    settings = TunnelSettings(tmp_path, ProviderName.NGROK, auth_token=" mine ")
    given = {
        "PROPEXO_WEBHOOK_SECRET": "a",
        "PROPEXO_API_KEY": "b",
        "NGROK_AUTHTOKEN": "other",
        "NO_PROXY": "x.example",
        "LANG": "C",
    }
    spared = "x.example,127.0.0.1,localhost"
    assert agent_environment(settings, given) == {
        "NGROK_AUTHTOKEN": "mine",
        "no_proxy": spared,
        "NO_PROXY": spared,
        "LANG": "C",
    }
