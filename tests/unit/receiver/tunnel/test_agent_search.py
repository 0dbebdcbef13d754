from __future__ import annotations

import os
from pathlib import Path

import pytest

from receiver.tunnel.agent_search import FoundAgent, default_path, find_agent, is_wrapper


def program(path: Path, content: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    return path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    folders = [tmp_path / "first", tmp_path / "second"]
    return {"HOME": str(tmp_path), "PATH": os.pathsep.join(map(str, folders))}


def test_the_order_is_setting_variable_path_and_pyngroks_place(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    assert find_agent(None, environ) is None
    place = program(default_path(environ))
    assert find_agent(None, environ) == FoundAgent(place, "pyngrok's directory")
    on_path = program(tmp_path / "second" / "ngrok")
    assert find_agent(None, environ) == FoundAgent(on_path, "PATH")
    named = program(tmp_path / "named")
    environ["PYNGROK_NGROK_PATH"] = str(named)
    assert find_agent(None, environ) == FoundAgent(named, "PYNGROK_NGROK_PATH")
    chosen = tmp_path / "not there"
    assert find_agent(chosen, environ) == FoundAgent(chosen, "METERBASE_NGROK_PATH")


def test_a_place_that_another_tool_would_download_to_does_not_hide_an_agent(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    environ["PYNGROK_NGROK_PATH"] = str(tmp_path / "not there yet")
    on_path = program(tmp_path / "first" / "ngrok")
    assert find_agent(None, environ) == FoundAgent(on_path, "PATH")


def test_on_path_only_programs_count(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "first" / "ngrok").mkdir(parents=True)
    program(tmp_path / "second" / "ngrok").chmod(0o644)
    assert find_agent(None, environ) is None


def test_the_working_directory_is_not_searched(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "here" / "ngrok")
    monkeypatch.chdir(tmp_path / "here")
    environ["PATH"] = os.pathsep.join(["", "."])
    assert find_agent(None, environ) is None


@pytest.mark.parametrize(
    ("content", "wrapper"),
    [
        ("#!/venv/bin/python3\nimport sys\nfrom pyngrok.ngrok import main\n", True),
        ("#!/bin/sh\n'''exec' /long path/python \"$0\" \"$@\"\n' '''\nfrom pyngrok.x import", True),
        ('#!/bin/sh\nexec /opt/ngrok "$@"\n', False),
        ("\x7fELF from pyngrok", False),
    ],
)
def test_pyngroks_script_is_known_by_its_content(
    tmp_path: Path, environ: dict[str, str], content: str, wrapper: bool
) -> None:
    path = program(tmp_path / "first" / "ngrok", content)
    assert is_wrapper(path) is wrapper
    assert (find_agent(None, environ) is None) is wrapper


def test_a_chosen_path_may_begin_with_a_tilde() -> None:
    found = find_agent(Path("~/ngrok"), {})
    assert found is not None
    assert found.path == Path.home() / "ngrok"
