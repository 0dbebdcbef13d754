"""`logs`: what the program says of itself, by the real command beside a real receiver."""

from __future__ import annotations

import json
import logging
import signal
import stat
import threading
from dataclasses import replace
from queue import Queue
from typing import TYPE_CHECKING, Any

from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.tunnel import ProviderName
from tests.integration.cli.conftest import DEADLINE_S, SECRET

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest

    from tests.integration.cli.conftest import Cli, Listening, Outcome


def log_of(cli: Cli) -> Path:
    return cli.home / "state" / "meterbase-tui" / "logs" / "meterbase-tui.log"


def write(cli: Cli, *entries: tuple[str, str]) -> None:
    path = log_of(cli)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        for number, (level, message) in enumerate(entries):
            entry = {"time": f"2026-03-25T14:30:0{number}Z", "level": level}
            entry |= {"logger": "receiver.background.processor", "message": message}
            file.write(json.dumps(entry) + "\n")


def test_a_run_is_in_the_log_and_the_log_is_private(
    cli: Cli, listening: Callable[..., AbstractContextManager[Listening]]
) -> None:
    with listening() as running:
        url = running.url
    path = log_of(cli)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    found = cli("logs", "--json")
    assert found.code == 0
    first, last = found.lines
    assert first["message"] == "The receiver has started"
    assert first["fields"]["url"] == url
    assert first["level"] == "info"
    assert last["message"] == "The receiver and its store are closed"
    assert SECRET not in path.read_text()


def test_the_level_of_a_run_is_a_setting(
    cli: Cli, listening: Callable[..., AbstractContextManager[Listening]]
) -> None:
    with listening(METERBASE_LOG_LEVEL="debug", METERBASE_LOG_FILE="mine.log"):
        pass
    assert not log_of(cli).exists()
    found = cli("logs", "--json", "--log-file", "mine.log")
    assert found.lines[0]["level"] == "debug"
    assert (cli.cwd / "mine.log").exists()


def test_an_unknown_level_is_refused(inside: Callable[..., Outcome]) -> None:
    refused = inside("listen", "--log-level", "loud")
    assert refused.code == 2
    assert "--log-level must be one of debug, info, warning, error" in refused.err


def test_entries_are_shown_the_newest_last(cli: Cli, inside: Callable[..., Outcome]) -> None:
    write(cli, ("debug", "first"), ("warning", "se\x1b[2Jcond"), ("error", "third"))
    shown = inside("logs")
    lines = [line.split() for line in shown.out.splitlines()]
    assert [line[-1] for line in lines] == ["first", "se\\x1b[2Jcond", "third"]
    assert lines[1][2:5] == ["!", "warning", "processor"]
    assert str(log_of(cli)) in shown.err
    assert [each["message"] for each in inside("logs", "--json", "--limit", "1").lines] == ["third"]
    graver = inside("logs", "--json", "--level", "warning").lines
    assert [each["level"] for each in graver] == ["warning", "error"]
    since = inside("logs", "--json", "--since", "2026-03-25T14:30:02Z").lines
    assert [each["message"] for each in since] == ["third"]


def test_without_a_log_it_says_where_it_would_be(cli: Cli, inside: Callable[..., Outcome]) -> None:
    shown = inside("logs")
    assert (shown.code, shown.out) == (0, "")
    assert shown.err == f"Nothing is in the log {log_of(cli)} yet.\n"


def test_following_goes_on_until_a_signal(cli: Cli) -> None:
    write(cli, ("info", "before"))
    with cli.started("logs", "--follow", "--json", "--level", "info") as process:
        assert process.stdout is not None
        lines: Queue[Any] = Queue()
        out = process.stdout

        def read() -> None:
            for line in out:
                lines.put(json.loads(line))

        threading.Thread(target=read).start()
        assert lines.get(timeout=DEADLINE_S)["message"] == "before"
        log_of(cli).rename(log_of(cli).with_name("meterbase-tui.log.1"))
        write(cli, ("debug", "too little"), ("error", "after"))
        assert lines.get(timeout=DEADLINE_S)["message"] == "after"
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE_S) == 0


def test_a_log_that_cannot_be_written_is_told_and_hinders_nothing(
    cli: Cli, listening: Callable[..., AbstractContextManager[Listening]]
) -> None:
    (cli.cwd / "file").write_text("")
    with listening("--log-file", "file/x.log") as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(DEADLINE_S) == 0
        assert running.process.stderr is not None
        told = running.process.stderr.read().decode()
    assert f"The log {cli.cwd}/file/x.log cannot be written" in told


def test_a_mistake_of_ours_is_one_sentence_and_its_place_is_in_the_log(
    cli: Cli, inside: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("where " + SECRET)

    monkeypatch.setattr("meterbase_tui.cli.session.Session.load_with_secret", fail)
    ended = inside("sign", "-")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert len(ended.err.splitlines()) == 1
    assert str(log_of(cli)) in ended.err
    (entry,) = inside("logs", "--json").lines
    assert "in fail" in entry["traceback"]
    assert SECRET not in log_of(cli).read_text()


def test_a_secret_that_was_generated_or_adopted_while_it_runs_is_hidden(tmp_path: Path) -> None:
    path = tmp_path / "program.log"
    none = ProviderName.NONE
    settings = Settings(db=tmp_path / "store.db", port=0, tunnel=none, log_file=path)
    log = logging.getLogger("receiver.tests")
    with open_runtime(settings) as runtime:
        generated = runtime.settings.secrets.current.decode()
        log.warning("one is %s", generated)
        runtime._adopt(replace(runtime.settings, secret=b"adopted later on"))
        log.warning("another is adopted later on")
    text = path.read_text()
    assert text.count("is (hidden)") == 2
    assert generated not in text
    assert "adopted later on" not in text
