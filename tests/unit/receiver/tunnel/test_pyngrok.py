"""What the tunnel takes for granted of pyngrok: a new release that changes it has to fail here."""

from __future__ import annotations

import inspect
import os
from importlib.metadata import version
from pathlib import Path

import pytest
from pyngrok import conf, installer, ngrok, process

from receiver.tunnel.agent_search import default_path
from receiver.tunnel.agent_version import AgentVersion, config_version, parse_version


def test_the_release_is_the_one_that_was_read() -> None:
    assert (9, 1) <= tuple(map(int, version("pyngrok").split(".")[:2])) < (10, 0)


def test_the_agents_pid_is_where_it_is_looked_for() -> None:
    assert isinstance(process._current_processes, dict)
    assert "proc" in inspect.signature(process.NgrokProcess.__init__).parameters


def test_its_place_for_the_agent_is_the_one_that_is_searched() -> None:
    assert default_path(os.environ) == Path(conf.DEFAULT_NGROK_PATH)


def test_the_token_can_be_kept_off_the_command_line() -> None:
    config = conf.PyngrokConfig(auth_token="x")
    config.auth_token = None
    assert "if pyngrok_config.auth_token:" in inspect.getsource(process._start_process)


def test_what_is_called_has_the_parameters_that_it_is_given() -> None:
    connect = ["addr", "proto", "name", "pyngrok_config", "options"]
    assert list(inspect.signature(ngrok.connect).parameters) == connect
    config = inspect.signature(conf.PyngrokConfig.__init__).parameters
    assert {
        "ngrok_path",
        "config_path",
        "config_version",
        "log_event_callback",
        "startup_timeout",
        "request_timeout",
        "max_logs",
    } <= set(config)
    assert "kwargs" in inspect.signature(installer.install_ngrok).parameters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ngrok version 3.31.0", AgentVersion(3, 31, 0)),
        ("ngrok version 3.31.0-msix-stable", AgentVersion(3, 31, 0)),
        ("ngrok version v2.3.41\n", AgentVersion(2, 3, 41)),
        ("ngrok 3", None),
        ("version one.two.three", None),
        ("", None),
    ],
)
def test_a_version_is_read_from_the_agents_words(text: str, found: AgentVersion | None) -> None:
    assert parse_version(text) == found
    assert found is None or str(found) in text


@pytest.mark.parametrize(
    ("numbers", "spoken"),
    [((3, 30, 0), "3"), ((4, 0, 0), "3"), ((3, 29, 9), "2"), ((2, 3, 41), "2")],
)
def test_an_agent_without_the_endpoints_api_is_spoken_to_in_the_older_one(
    numbers: tuple[int, int, int], spoken: str
) -> None:
    assert config_version(AgentVersion(*numbers)) == spoken
