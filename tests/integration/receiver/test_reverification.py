"""A wrong secret is corrected: it counts at once, and what was refused can be processed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings, load_settings
from meterbase_tui.settings.folders import Folders
from receiver.checks import ActionKind, CheckName, CheckStatus
from receiver.judging.signing import sign
from store.records import Origin, Verdict
from tests.conftest import Bench, wait_until
from tests.integration.checks.conftest import judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RIGHT, WRONG = b"the secret of the dashboard", b"the secret of last year"


def body(number: int) -> bytes:
    unit = {"id": f"unit_{number}", "property_id": "prop_001", "sqft": 900 + number}
    event = {"event": "data.new", "timestamp": f"2026-03-25T10:00:{number:02}Z"}
    rest = {"connection_id": "conn_abc123", "resource_type": "unit", "data": unit}
    return json.dumps(event | rest).encode()


class House:
    """A receiver that has its secret from a `.env`, as a developer starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = folder / ".env"
        self.write(WRONG)

    def write(self, secret: bytes | str) -> None:
        text = secret if isinstance(secret, str) else f"PROPEXO_WEBHOOK_SECRET={secret.decode()}\n"
        draft = self.folder / ".env.draft"
        draft.write_text(text)
        draft.chmod(0o600)
        draft.replace(self.env)

    def load(self) -> Settings:
        folders = Folders(self.folder / "config", self.folder / "data", self.folder / "state")
        options = {"db": str(self.folder / "store.db"), "port": "0", "tunnel": "none"}
        return load_settings(options, {}, self.folder, folders)

    @contextmanager
    def opened(self) -> Iterator[Bench]:
        with open_runtime(self.load(), reload=self.load) as runtime:
            bench = Bench(runtime)
            try:
                yield bench
            finally:
                bench.close()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("meterbase_tui.receiving.secret_watch._LOOK_EVERY_S", 0.02)
    return House(tmp_path)


def post(bench: Bench, number: int, secret: bytes) -> int:
    return bench.post(body(number), signature=sign(secret, body(number))).status


def run(bench: Bench, *arguments: str, secret: bytes = RIGHT) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "meterbase_tui", *arguments, "--db", str(bench.settings.db)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PROPEXO_WEBHOOK_SECRET": secret.decode()},
    )


def test_an_edited_env_counts_at_once_and_offers_what_was_refused(house: House) -> None:
    with house.opened() as bench:
        assert [post(bench, n, RIGHT) for n in (1, 2, 1)] == [401, 401, 401]
        assert post(bench, 9, b"somebody else") == 401
        assert bench.runtime.secret_news.authentic == 0

        house.write(RIGHT)
        wait_until(lambda: bench.runtime.secret_news.authentic == 2)
        assert post(bench, 3, RIGHT) == 200
        # What still signs with the one before is not cut off.
        assert post(bench, 4, WRONG) == 200
        found = judge(bench, CheckName.SECRET)
        assert found.status is CheckStatus.WARN
        assert "2 refused deliveries prove authentic" in found.detail
        assert found.action is not None
        assert found.action.kind is ActionKind.REVERIFY

        done = run(bench, "reverify", "--json")
        assert done.returncode == 0, done.stderr
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert [(each["replay_of"], each["accepted"]) for each in told] == [(1, True), (2, True)]
        bench.settle()
        replayed = bench.deliveries()[-2:]
        assert [(d.origin, d.replay_of, d.verdict) for d in replayed] == [
            (Origin.REPLAY, 1, Verdict.VALID),
            (Origin.REPLAY, 2, Verdict.VALID),
        ]
        # What was refused stays as it was, and is not offered twice.
        assert [d.status for d in bench.deliveries()[:4]] == [401] * 4
        assert json.loads(run(bench, "reverify", "--json").stdout or "null") is None
        bench.runtime.recount_authentic()
        wait_until(lambda: bench.runtime.secret_news.authentic == 0)
        assert judge(bench, CheckName.SECRET).status is CheckStatus.PASS


def test_a_retry_that_came_meanwhile_is_not_sent_again(house: House) -> None:
    with house.opened() as bench:
        assert post(bench, 1, RIGHT) == 401
        house.write(RIGHT)
        wait_until(lambda: bench.runtime.secret_news.authentic == 1)
        assert post(bench, 1, RIGHT) == 200
        assert run(bench, "reverify", "--json").stdout == ""
        assert len(bench.settle()) == 1


def test_after_a_restart_with_the_right_secret_it_is_offered_too(house: House) -> None:
    with house.opened() as bench:
        assert post(bench, 1, RIGHT) == 401
    house.write(RIGHT)
    with house.opened() as bench:
        wait_until(lambda: bench.runtime.secret_news.authentic == 1)
        dry = run(bench, "reverify", "--dry-run")
        assert dry.stdout == "1 refused deliveries prove authentic: 1\n"
        assert run(bench, "reverify").stdout == (
            "1 refused delivery proved authentic and was accepted.\n"
        )


def test_a_file_that_cannot_be_used_changes_nothing_and_is_told(house: House) -> None:
    with house.opened() as bench:
        house.write("PROPEXO_WEBHOOK_SECRET=\n")
        wait_until(lambda: bench.runtime.secret_news.problem)
        assert post(bench, 1, WRONG) == 200
        found = judge(bench, CheckName.SECRET)
        assert found.status is CheckStatus.FAIL
        assert "must not be empty" in found.detail
        house.write(WRONG)
        wait_until(lambda: bench.runtime.secret_news.problem is None)
        assert judge(bench, CheckName.SECRET).status is CheckStatus.PASS


def test_a_body_of_which_only_the_beginning_was_kept_is_not_offered(house: House) -> None:
    with house.opened() as bench:
        large = json.dumps({"event": "test.ping", "pad": "x" * 20_000}).encode()
        assert bench.post(large, signature=sign(RIGHT, large)).status == 401
        house.write(RIGHT)
        wait_until(lambda: bench.runtime.secret_news.adopted_at)
        assert run(bench, "reverify", "--dry-run").stdout.startswith("0 refused")


def test_without_a_receiver_nothing_is_sent(house: House) -> None:
    with house.opened() as bench:
        assert post(bench, 1, RIGHT) == 401
    done = run(bench, "reverify")
    assert done.returncode == 5
    assert "No receiver has the store" in done.stderr


def test_refusals_are_summed_up(house: House) -> None:
    with house.opened() as bench:
        agent = ("User-Agent", "Propexo/1.0")
        for number in range(3):
            content = body(number)
            bench.post(content, agent, signature=sign(WRONG, content).removeprefix("sha256="))
        bench.post(body(1), signature="test_signature")
        wait_until(lambda: all(d.diagnosis for d in bench.deliveries()))
        told = [json.loads(line) for line in run(bench, "failures", "--json").stdout.splitlines()]
        assert [(t["diagnosis"], t["sender"], t["count"], t["newest_id"]) for t in told] == [
            ("placeholder", "local", 1, 4),
            ("missing_prefix", "local Propexo/1.0", 3, 3),
        ]
        assert told[1]["first_at"] < told[1]["last_at"]
        assert "missing prefix" in run(bench, "failures").stdout
