"""A line of the log: what is in it, how long it may be, and what must not be in it."""

from __future__ import annotations

import json
import logging
import string
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterbase_tui.journal.entries import LONGEST_LINE, read_entry, write_entry
from meterbase_tui.journal.redaction import Concealer
from meterbase_tui.settings import Settings
from receiver.forwarding.target import ForwardTarget

AT = datetime(2026, 3, 25, 14, 30, 0, 250_000, tzinfo=UTC)
SECRET = "whsec_\u00e9'\"2f1c0b9a8d7e"
SETTINGS = Settings(
    db=Path("/nowhere/store.db"),
    secret=SECRET.encode(),
    previous_secret=b"the one before that",
    api_key="key-of-the-api-0123456789",
    ngrok_authtoken="2abcDEFghiJKLmnoPQRstuVWXyz_4AbCdEfGhIjKlMnOpQrSt",
    forward_headers=(("X-Token", "what-the-app-wants"),),
    forward_targets=(
        ForwardTarget(url="http://127.0.0.1:1", headers=(("X-Other", "another-apps-token"),)),
    ),
)
HIDDEN = [SECRET, "the one before that", "key-of-the-api-0123456789", "what-the-app-wants",
          "another-apps-token", "2abcDEFghiJKLmnoPQRstuVWXyz_4AbCdEfGhIjKlMnOpQrSt"]  # fmt: skip


def record(message: str = "", *args: object, level: int = logging.INFO, **extra: object) -> Any:
    made = logging.getLogger("receiver.tests").makeRecord(
        "receiver.tests", level, __file__, 1, message, args, None, extra=extra
    )
    made.created = AT.timestamp()
    return made


def failed(error: Exception, message: str = "It failed") -> Any:
    made = record(message, level=logging.ERROR)

    def throw() -> None:
        raise error

    try:
        throw()
    except type(error) as caught:
        made.exc_info = (type(caught), caught, caught.__traceback__)
    return made


def test_an_entry_says_when_how_grave_where_and_what() -> None:
    line = write_entry(record("Event %d waits", 7, target="http://x", tries=3), Concealer())
    assert "\n" not in line
    document = json.loads(line)
    assert document["time"] == "2026-03-25T14:30:00.250000Z"
    assert document["level"] == "info"
    assert document["logger"] == "receiver.tests"
    assert document["message"] == "Event 7 waits"
    assert document["fields"] == {"target": "http://x", "tries": 3}
    entry = read_entry(line)
    assert entry is not None
    assert (entry.time, entry.level, entry.message) == (AT, "info", "Event 7 waits")
    assert entry.fields == {"target": "http://x", "tries": 3}
    assert entry.traceback is None


@pytest.mark.parametrize(
    ("number", "level"),
    [(5, "debug"), (10, "debug"), (20, "info"), (30, "warning"), (40, "error"), (50, "error")],
)
def test_every_number_is_one_of_four_levels(number: int, level: str) -> None:
    assert json.loads(write_entry(record("x", level=number), Concealer()))["level"] == level


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("spell", [str, repr, lambda text: repr(text.encode()), ascii])
def test_no_secret_is_in_it_however_it_is_quoted(hidden: str, spell: Any) -> None:
    concealer = Concealer()
    concealer.add(SETTINGS)
    said = spell(hidden)
    made = failed(ValueError(f"cannot use {said}"), f"told {said}")
    made.note = f"field {said}"
    line = write_entry(made, concealer)
    assert json.loads(line)["message"].startswith("told ")
    for spelling in {hidden, spell(hidden), spell(hidden).strip("b'\"")}:
        assert spelling not in line
        assert json.dumps(spelling)[1:-1] not in line


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abc.DEF-123",
        "{'Authorization': 'Basic dXNlcjpwYXNz'}",
        "(b'authorization', b'abc.DEF-123')",
        "X-Api-Key=abc.DEF-123",
        "Cookie: session=abc.DEF-123",
        "GET https://user:abc.DEF-123@example.com/path",
    ],
)
def test_credentials_of_others_are_known_by_their_form(text: str) -> None:
    line = write_entry(record("%s", text), Concealer())
    assert "abc.DEF-123" not in line
    assert "dXNlcjpwYXNz" not in line
    assert "(hidden)" in line


def test_what_is_no_credential_stays() -> None:
    words = "GET https://example.com:8443/a@b cookies are no cookie; the key of a table"
    assert json.loads(write_entry(record("%s", words), Concealer()))["message"] == words


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_foreign_text_cannot_act_on_a_terminal(text: str) -> None:
    line = write_entry(failed(RuntimeError(text), "x"), Concealer())
    assert all(character.isprintable() for character in line)
    entry = read_entry(line)
    assert entry is not None
    assert entry.traceback is not None
    assert set(entry.traceback) - {"\n"} <= {c for c in entry.traceback if c.isprintable()}


def test_a_line_is_bounded_whatever_is_logged() -> None:
    huge = "\u6771" * 3_000_000
    made = failed(RuntimeError(huge), huge)
    for number in range(100):
        setattr(made, f"{huge[:50]}{number}", huge)
    assert len(write_entry(made, Concealer()).encode()) < LONGEST_LINE


@pytest.mark.parametrize(
    "line",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"level":"info"}',
        '{"level":"loud","time":"2026-03-25T14:30:00Z"}',
        '{"level":"info","time":"yesterday"}',
        '{"level":"info","time":"2026-03-25T14:30:00"}',
        "[" * 10_000,
    ],
)
def test_a_line_of_somebody_else_is_passed_over(line: str) -> None:
    assert read_entry(line) is None


@given(st.dictionaries(st.text(string.printable, max_size=10), st.text(max_size=50), max_size=3))
def test_a_line_that_somebody_wrote_is_made_visible(fields: dict[str, str]) -> None:
    foreign = {"time": "2026-03-25T14:30:00Z", "level": "info", "message": "\x1b[2J", "pid": "x"}
    entry = read_entry(json.dumps(foreign | {"fields": fields, "traceback": "\x1b]0;x\x07\n"}))
    assert entry is not None
    assert entry.message == "\\x1b[2J"
    assert entry.traceback == "\\x1b]0;x\\x07\n"
    assert entry.pid is None
    assert all(text.isprintable() for pair in entry.fields.items() for text in map(str, pair))
