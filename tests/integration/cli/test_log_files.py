"""`export`, `import` and `prune`: nothing changes on the way, and nothing is lost that counts."""

from __future__ import annotations

import base64
import json
import shutil
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from receiver.judging.signing import SIGNATURE_HEADER, sign
from tests.conftest import wait_until
from tests.integration.cli.conftest import BODIES, SECRET, fill
from tests.stand_ins.arrivals import look

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    Inside = Callable[..., Any]
    Listen = Callable[..., AbstractContextManager[Any]]

_BYTES = (
    "SELECT headers, body, body_sha256, size, received_at, method, path, status FROM deliveries"
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A filled store that a test may change."""
    path = tmp_path / "own.db"
    fill(path)
    return path


@pytest.fixture
def exported(inside: Inside, store: Path, tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    assert inside("export", "--db", store, "--output", file).code == 0
    return file


def test_a_log_goes_to_another_machine_byte_for_byte(
    inside: Inside, store: Path, exported: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"

    ended = inside("import", exported, "--db", new, "--json")

    assert (ended.code, ended.document["imported"]) == (0, len(BODIES))
    for columns in (
        _BYTES,
        "SELECT id, event_id, verdict, identity, explanation, origin FROM deliveries",
        "SELECT delivery_id, ms FROM acknowledgements",
    ):
        assert look(new, columns) == look(store, columns)
    again = tmp_path / "again.jsonl"
    inside("export", "--db", new, "--output", again)
    assert _stable(again) == _stable(exported)


def _stable(file: Path) -> list[dict[str, Any]]:
    """The lines of an export without what processing adds, which comes when a receiver starts."""
    lines = [json.loads(line) for line in file.read_text().splitlines()[1:]]
    for line in lines:
        for name in ("state", "outcome", "reason"):
            del line[name]
    return lines


def test_what_was_imported_is_processed_when_a_receiver_starts(
    inside: Inside, listening: Listen, exported: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    inside("import", exported, "--db", new)
    with listening("--db", new):
        wait_until(
            lambda: look(new, "SELECT count(*) FROM units WHERE unit_number = '305'") == [1],
            "the unit is there",
        )


def test_importing_twice_adds_nothing(
    inside: Inside, exported: Path, store: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    shutil.copy(store, new)

    ended = inside("import", exported, "--db", new, "--json")

    assert (ended.document["imported"], ended.document["known"]) == (0, len(BODIES))
    assert look(new, "SELECT count(*) FROM deliveries") == [len(BODIES)]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda line: line[:-9], "not JSON: invalid control character at line 1"),
        (lambda line: line.replace("vacant", "taken!"), "checksum"),
        (lambda line: line.replace('"id":2', '"id":"2"'), "number"),
        (lambda line: line.replace('"verdict":"valid"', '"verdict":"fine"'), "makes no sense"),
        (lambda line: line.replace('"received_at"', '"at"'), "received_at"),
        (lambda _line: "[]", "no JSON object"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(
    inside: Inside, exported: Path, tmp_path: Path, damage: Callable[[str], str], words: str
) -> None:
    lines = exported.read_text().splitlines()
    assert damage(lines[2]) != lines[2]
    lines[2] = damage(lines[2])
    exported.write_text("\n".join(lines) + "\n")

    ended = inside("import", exported, "--db", tmp_path / "new.db")

    assert ended.code == 3
    assert "Line 3: " in ended.err
    assert words in ended.err
    assert not (tmp_path / "new.db").exists()


def test_a_log_of_another_secret_is_imported_only_if_it_is_trusted(
    inside: Inside, exported: Path, tmp_path: Path
) -> None:
    new, other = tmp_path / "new.db", {"PROPEXO_WEBHOOK_SECRET": "another secret"}

    refused = inside("import", exported, "--db", new, **other)
    assert (refused.code, new.exists()) == (3, False)
    assert "6 of 7 deliveries were accepted under another secret" in refused.err

    assert inside("import", exported, "--db", new, "--trust", **other).code == 0
    assert look(new, "SELECT count(*) FROM deliveries WHERE event_id IS NOT NULL") == [6]


def test_a_masked_log_says_so_and_cannot_be_imported(
    inside: Inside, listening: Listen, tmp_path: Path
) -> None:
    db, file = tmp_path / "people.db", tmp_path / "masked.jsonl"
    with listening("--db", db) as receiver:
        assert inside("send", "data_new_resident", "--url", receiver.url).code == 0
    plain = inside("export", "--db", db).out
    assert "@" in plain

    masked = inside("export", "--db", db, "--redact", "--output", file)

    assert (masked.code, json.loads(file.read_text().splitlines()[0])["redacted"]) == (0, True)
    assert "@" not in file.read_text()
    assert json.loads(file.read_text().splitlines()[1])["resource_id"]
    har = json.loads(inside("export", "--db", db, "--redact", "--format", "har").out)
    assert "masked" in har["log"]["creator"]["comment"]
    ended = inside("import", file, "--db", tmp_path / "new.db")
    assert (ended.code, "--redact" in ended.err) == (3, True)


@pytest.mark.parametrize("kind", ["jsonl", "har"])
def test_no_secret_is_in_an_export(inside: Inside, store: Path, kind: str) -> None:
    out = inside("export", "--db", store, "--format", kind).out

    assert out.isascii()
    assert SECRET not in out
    assert base64.b64encode(SECRET.encode()).decode() not in out


def test_filters_choose_what_is_exported(inside: Inside, store: Path) -> None:
    ended = inside("export", "--db", store, "--search", "unit_far")

    assert [line.get("id") for line in ended.lines] == [None, 6]
    assert "Exported 1 delivery (" in ended.err


def test_named_deliveries_are_exported_oldest_first(
    inside: Inside, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meterbase_tui.exports.exporting._AT_ONCE", 1)
    ended = inside("export", 5, 2, 5, "--db", store)
    assert [line.get("id") for line in ended.lines] == [None, 2, 5]
    har = inside("export", 2, 5, "--db", store, "--format", "har").document["log"]["entries"]
    assert [entry["_delivery_id"] for entry in har] == [2, 5]


def test_a_delivery_that_is_not_there_is_named_and_nothing_is_written(
    inside: Inside, store: Path, tmp_path: Path
) -> None:
    file = tmp_path / "log.jsonl"
    ended = inside("export", 2, 99, "--db", store, "--output", file)
    assert (ended.code, file.exists()) == (4, False)
    assert "There is no delivery 99" in ended.err
    both = inside("export", 2, "--db", store, "--event", "test.ping")
    assert (both.code, both.out) == (2, "")


def test_har_has_every_delivery_as_the_standard_wants_it(inside: Inside, store: Path) -> None:
    log = inside("export", "--db", store, "--format", "har").document["log"]

    assert (log["version"], len(log["entries"])) == ("1.2", len(BODIES))
    for entry, (body, signed) in zip(log["entries"], BODIES, strict=True):
        # The fields that the standard requires of an entry, a request and a response.
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert {
            "method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize",
            "bodySize",
        } <= set(entry["request"])  # fmt: skip
        assert {
            "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL",
            "headersSize", "bodySize",
        } <= set(entry["response"])  # fmt: skip
        assert entry["request"]["url"] == "http://name.ngrok-free.app/api/webhooks/propexo"
        assert entry["response"]["status"] == (200 if signed else 401)
        data = entry["request"]["postData"]
        sent = data["text"].encode()
        assert (base64.b64decode(sent) if data.get("_encoding") == "base64" else sent) == body
    empty = inside("export", "--db", store, "--format", "har", "--search", "nowhere").document
    assert empty["log"]["entries"] == []


def test_an_export_is_for_its_owner_and_whole_or_not_there(
    inside: Inside, exported: Path, store: Path, tmp_path: Path
) -> None:
    assert exported.stat().st_mode & 0o777 == 0o600
    ended = inside("export", "--db", store, "--output", tmp_path / "no" / "log.jsonl")
    assert (ended.code, "cannot be written" in ended.err) == (2, True)


def test_prune_says_what_it_does_and_keeps_identities(inside: Inside, own: Path) -> None:
    before = "2026-03-25T15:30:00Z"
    units = look(own, "SELECT * FROM units")
    dry = inside("prune", "--db", own, "--older-than", before, "--dry-run", "--json").document
    assert (dry["prunable"], dry["deleted"], dry["kept"]) == (4, 0, 7)

    ended = inside("prune", "--db", own, "--older-than", before)

    assert (ended.code, "4 deliveries" in ended.err, "Deleted 4" in ended.out) == (0, True, True)
    assert look(own, "SELECT id FROM deliveries") == [5, 6, 7]
    assert look(own, "SELECT count(*) FROM events") == [5]
    assert look(own, "SELECT delivery_id FROM acknowledgements") == [5, 6, 7]
    assert look(own, "SELECT * FROM units") == units
    assert inside("show", "event", "2", "--db", own).code == 0


def test_prune_keeps_the_newest(inside: Inside, own: Path) -> None:
    inside("prune", "--db", own, "--older-than", "0s", "--keep", "5")

    assert look(own, "SELECT id FROM deliveries") == [3, 4, 5, 6, 7]


def test_a_running_receiver_is_asked_to_prune(inside: Inside, listening: Listen, own: Path) -> None:
    with listening("--db", own) as receiver:
        ended = inside("prune", "--db", own, "--older-than", "0s")
        assert (ended.code, "Deleted 7" in ended.out) == (0, True)
        assert "keeps its size" in ended.err
        # The retry of what was pruned is a duplicate, and no number is given twice.
        body = BODIES[1][0]
        request = urllib.request.Request(
            receiver.url, body, {SIGNATURE_HEADER: sign(SECRET.encode(), body)}
        )
        with urllib.request.urlopen(request) as reply:
            assert json.load(reply) == {
                "status": "accepted", "delivery_id": 8, "event_id": 2, "duplicate": True,
            }  # fmt: skip
