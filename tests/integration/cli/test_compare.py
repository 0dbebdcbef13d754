"""`compare`: two applications, or one before and after a change of its code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from tests.integration.cli.conftest import SECRET
from tests.stand_ins.application import Application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.cli.conftest import Outcome
    from tests.stand_ins.application import Received


@pytest.fixture
def old() -> Iterator[Application]:
    made = Application(SECRET.encode())
    yield made
    made.close()


@pytest.fixture
def new() -> Iterator[Application]:
    made = Application(SECRET.encode())
    yield made
    made.close()


@pytest.fixture
def filled(inside: Callable[..., Outcome], store: Path) -> Callable[..., Outcome]:
    """The command on the filled store."""
    return lambda *words: inside(*words, "--db", store)


def answering(application: Application, body: Callable[[Any], Any]) -> None:
    async def behave(received: Received) -> web.StreamResponse:
        return web.json_response(body(json.loads(received.body)))

    application.behave = behave


def test_alike(filled: Callable[..., Outcome], old: Application, new: Application) -> None:
    done = filled("compare", "--to", old.url, "--to", new.url)
    assert (done.code, done.out) == (0, "")
    assert "No answer differs." in done.err
    assert [each.body for each in old.log] == [each.body for each in new.log]
    assert len(old.log) == 6
    assert all(old.authentic)


def test_key_order_is_no_difference_and_a_value_is(
    filled: Callable[..., Outcome], old: Application, new: Application
) -> None:
    answering(old, lambda event: {"event": event["event"], "n": 1})
    answering(new, lambda event: {"n": 1, "event": event["event"].replace("ping", "pong")})
    done = filled("compare", "--to", old.url, "--to", new.url, "--json")
    assert done.code == 3
    assert [(line["delivery_id"], line["differs"]) for line in done.lines if line["differs"]] == [
        (1, ["body"])
    ]
    shown = filled("compare", "1", "2", "--to", old.url, "--to", new.url)
    assert "≠ delivery 1  body" in shown.out
    assert "+ 200" in shown.out
    assert "1 of 2 differ." in shown.err


def test_one_target_before_and_after(
    filled: Callable[..., Outcome], old: Application, tmp_path: Path
) -> None:
    kept = tmp_path / "answers.json"
    assert filled("compare", "--to", old.url, "--save", kept).code == 0
    assert kept.stat().st_mode & 0o077 == 0
    assert filled("compare", "--to", old.url, "--baseline", kept).code == 0
    old.answer(500)
    done = filled("compare", "--to", old.url, "--baseline", kept, "--json")
    assert done.code == 3
    assert all(set(line["differs"]) == {"status", "body"} for line in done.lines)


def test_what_cannot_be_compared(
    filled: Callable[..., Outcome], old: Application, tmp_path: Path
) -> None:
    assert filled("compare", "--to", old.url).code == 2
    assert filled("compare", "--to", "http://example.com", "--to", old.url).code == 2
    assert filled("compare", "--to", "http://127.0.0.1:9", "--to", old.url).code == 5
    assert filled("compare", "99", "--to", old.url, "--to", old.url).code == 4
    bad = tmp_path / "bad.json"
    bad.write_text("[]")
    assert filled("compare", "--to", old.url, "--baseline", bad).code == 2
    assert filled("compare", "--to", old.url, "--baseline", tmp_path / "none").code == 4
