"""`send` and `replay`, to a receiver in another process."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from sample_payloads.catalogue import load_catalogue
from sample_payloads.signatures import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Cli = Any
    Inside = Callable[..., Any]
    Listening = Any
    Start = Callable[..., Any]


def _show(inside: Inside, receiver: Listening, delivery_id: int) -> dict[str, Any]:
    found: dict[str, Any] = inside(
        "show", "delivery", delivery_id, "--db", receiver.db, "--json"
    ).document
    return found


def _newest(inside: Inside, receiver: Listening) -> dict[str, Any]:
    (found,) = inside("deliveries", "--db", receiver.db, "--json", "--limit", "1").lines
    return dict(found)


def test_the_published_samples_do_what_the_catalogue_says(cli: Cli, listening: Start) -> None:
    names = ["test_ping", "data_new_unit", "data_update_unit", "sync_complete"]
    with listening() as receiver:
        sent = cli("send", *names, "--url", receiver.url, "--json")
        assert (sent.code, sent.err) == (0, "")
        for name, line in zip(names, sent.lines, strict=True):
            assert line["name"] == name
            delivery = receiver.wait_for(type="delivery", id=line["delivery_id"])
            outcome = receiver.wait_for(type="outcome", id=line["event_id"])
            assert delivery["origin"] == "sample"
            both = delivery | outcome
            expected = load_catalogue().find(name).expect
            fields = [field for field in expected if field in both]
            assert {field: both[field] for field in fields} == {
                field: expected[field] for field in fields
            }, name


def test_what_a_sample_builds_on_can_be_sent_first(inside: Inside, receiver: Listening) -> None:
    name = "data.update.unit.move-out"
    ended = inside("send", name, "--url", receiver.url, "--prepare", "--json")
    assert ended.code == 0
    assert [line["name"] for line in ended.lines] == [
        "data_new_unit", "data_update_unit", "data_update_unit_move_out",
    ]  # fmt: skip
    outcome = receiver.wait_for(type="outcome", id=ended.lines[-1]["event_id"])
    assert outcome["outcome"] == "updated"
    alone = inside("send", "data_update_unit_move_out", "--url", receiver.url)
    assert "builds on data_new_unit, data_update_unit" in alone.err


def test_a_sample_whose_timestamp_is_what_it_shows_keeps_it(
    inside: Inside, receiver: Listening
) -> None:
    ended = inside("send", "data_update_unit_stale", "--prepare", "--url", receiver.url, "--json")
    outcome = receiver.wait_for(type="outcome", id=ended.lines[-1]["event_id"])
    assert (outcome["reason"], outcome["timestamp"]) == ("stale", "2020-01-01T00:00:00Z")


def test_a_file_is_checked_before_it_is_sent(
    inside: Inside, receiver: Listening, tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(
        '{"event": "data.new", "timestamp": "2026-03-25T10:00:00Z",\n'
        ' "connection_id": "conn_abc123", "resource_type": "unit",\n'
        ' "data": {"id": "u", "sqft": "nine"}}\n'
    )
    refused = inside("send", file, "--url", receiver.url)
    assert (refused.code, refused.out) == (2, "")
    assert f"{file}:3:30: data.sqft" in refused.err
    assert "--unchecked" in refused.err
    assert inside("send", file, "--unchecked", "--url", receiver.url).code == 0
    mended = inside("send", file, "--set", "data.sqft=9", "--url", receiver.url)
    assert mended.code == 0


def test_a_sample_is_a_new_event_each_time_unless_it_is_exact(
    inside: Inside, receiver: Listening
) -> None:
    fresh = inside("send", "test_ping", "--repeat", "3", "--url", receiver.url, "--json").lines
    assert len({line["event_id"] for line in fresh}) == 3
    assert not any(line["duplicate"] for line in fresh)
    exact = inside(
        "send", "test_ping", "--exact", "--repeat", "3", "--url", receiver.url, "--json"
    ).lines
    assert [line["duplicate"] for line in exact][1:] == [True, True]
    sample = load_catalogue().find("test_ping")
    stored = _show(inside, receiver, exact[0]["delivery_id"])
    assert stored["body"].encode() == sample.body
    assert stored["origin"] == "sample"


def test_fields_are_set_and_removed_on_the_way(inside: Inside, receiver: Listening) -> None:
    ended = inside(
        "send", "data.update", "--set", "data.status=vacant", "--set", "data.sqft=951",
        "--set", "data.current_lease=null", "--remove", "changes", "--url", receiver.url, "--json",
    )  # fmt: skip
    assert ended.code == 0
    body = json.loads(_show(inside, receiver, ended.lines[0]["delivery_id"])["body"])
    assert body["data"]["status"] == "vacant"
    assert body["data"]["sqft"] == 951
    assert body["data"]["current_lease"] is None
    assert "changes" not in body
    assert body["timestamp"] > "2026-03-25T15:00:00Z"


@pytest.mark.parametrize("mistake", [Mistake.MISSING, Mistake.PLACEHOLDER, Mistake.WRONG_SECRET])
def test_a_bad_signature_is_refused_with_exit_3(
    inside: Inside, receiver: Listening, mistake: Mistake
) -> None:
    ended = inside("send", "test_ping", "--bad-signature", mistake, "--url", receiver.url)
    assert (ended.code, ended.err) == (3, "")
    assert "401" in ended.out
    assert "invalid_signature" in ended.out
    newest = _newest(inside, receiver)
    assert newest["origin"] == "sample"
    assert newest["verdict"] == ("missing" if mistake is Mistake.MISSING else "invalid")
    line = receiver.wait_for(type="delivery", id=newest["id"])
    assert line["diagnosis"] == mistake.diagnosis


def test_files_and_standard_input_are_sent(inside: Inside, cli: Cli, receiver: Listening) -> None:
    # A file that has the name of a sample's file is meant, not the sample.
    path = cli.cwd / "test_ping.json"
    path.write_text('{"event":"test.ping","timestamp":"2026-03-25T10:00:00Z","mine":1}')
    sent = inside("send", path.name, "--exact", "--url", receiver.url, "--json").lines[0]
    assert _show(inside, receiver, sent["delivery_id"])["body"] == path.read_text()
    piped = cli("send", "-", "--url", receiver.url, "--json", stdin=path.read_bytes())
    assert piped.lines[0]["name"] == "standard input"
    assert json.loads(_show(inside, receiver, piped.lines[0]["delivery_id"])["body"])["mine"] == 1


def test_a_body_that_is_no_json_is_sent_as_it_is(
    inside: Inside, cli: Cli, receiver: Listening
) -> None:
    (cli.cwd / "broken.txt").write_bytes(b'{"event": NaN}')
    ended = inside("send", "broken.txt", "--unchecked", "--url", receiver.url, "--json")
    assert ended.code == 3
    assert ended.lines[0]["answer"] == {"error": "invalid_json"}
    assert _newest(inside, receiver)["size"] == 14


def test_the_receiver_of_the_settings_is_the_target(inside: Inside, receiver: Listening) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    assert inside("send", "test_ping", "--port", port).code == 0
    assert inside("send", "test_ping", METERBASE_PORT=port).code == 0
    # An address without a path is that of the receiver.
    assert inside("send", "test_ping", "--url", f"http://127.0.0.1:{port}").code == 0
    ended = inside("send", "test_ping", "--url", f"http://127.0.0.1:{port}/")
    assert ended.code == 3
    assert "404" in ended.out


def test_a_rate_is_kept(inside: Inside, receiver: Listening) -> None:
    started = time.monotonic()
    ended = inside("send", "test_ping", "--repeat", "5", "--rate", "20", "--url", receiver.url)
    assert ended.code == 0
    assert time.monotonic() - started >= 4 / 20


def test_nobody_there_is_exit_5_and_says_what_to_do(inside: Inside) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        ended = inside("send", "test_ping", "sync_complete", "--port", port)
        as_json = inside("send", "test_ping", "--port", port, "--json")
    assert (ended.code, ended.out) == (5, "")
    assert f"Nothing answers at http://127.0.0.1:{port}/api/webhooks/propexo" in ended.err
    assert "meterbase-tui listen" in ended.err
    assert ended.err.count("\n") == 1
    assert as_json.code == 5
    assert as_json.lines[0]["status"] is None
    assert "Nothing answers" in as_json.lines[0]["error"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("test_pong",), 4, "Did you mean test_ping"),
        (("./nowhere.json",), 4, "There is no file ./nowhere.json"),
        (("test_ping", "--set", "data.x"), 2, "PATH=VALUE"),
        (("test_ping", "--remove", "changes"), 2, "There is no changes to remove"),
        (("test_ping", "--bad-signature", "rot13"), 2, "must be one of missing"),
        (("test_ping", "--repeat", "0"), 2, "--repeat"),
        (("test_ping", "--rate", "0"), 2, "--rate"),
        (("test_ping", "--url", "localhost"), 2, "http://"),
        (("test_ping", "--url", "http://u:p@127.0.0.1/"), 2, "password"),
        (("test_ping", "--port", "0"), 2, "--url"),
        ((), 2, "NAME_OR_FILE"),
    ],
)
def test_what_cannot_be_sent(
    inside: Inside, arguments: tuple[str, ...], code: int, words: str
) -> None:
    ended = inside("send", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_a_delivery_is_replayed_as_it_came(inside: Inside, receiver: Listening) -> None:
    sent = inside("send", "data_new_unit", "--url", receiver.url, "--json").lines[0]
    original = _show(inside, receiver, sent["delivery_id"])
    port = receiver.url.split(":")[2].split("/")[0]
    ended = inside("replay", original["id"], "--db", receiver.db, "--port", port, "--json")
    assert ended.code == 0
    (line,) = ended.lines
    assert (line["duplicate"], line["event_id"]) == (True, original["event_id"])
    replayed = _show(inside, receiver, line["delivery_id"])
    assert (replayed["origin"], replayed["replay_of"]) == ("replay", original["id"])
    assert replayed["body"] == original["body"]

    def own(headers: list[list[str]]) -> list[list[str]]:
        return [header for header in headers if header[0] != "X-MeterBase-Origin"]

    assert own(replayed["headers"]) == own(original["headers"])


def test_an_edited_replay_is_refused_unless_it_is_signed_again(
    inside: Inside, receiver: Listening
) -> None:
    sent = inside("send", "data_new_unit", "--url", receiver.url, "--json").lines[0]
    at = (sent["delivery_id"], "--db", receiver.db, "--url", receiver.url)
    edit = (*at, "--set", "data.status=occupied")
    refused = inside("replay", *edit)
    assert (refused.code, refused.err) == (3, "")
    signed = inside("replay", *edit, "--resign", "--json")
    assert signed.code == 0
    assert signed.lines[0]["duplicate"] is False
    stored = _show(inside, receiver, signed.lines[0]["delivery_id"])
    body = json.loads(stored["body"])
    original = json.loads(_show(inside, receiver, sent["delivery_id"])["body"])
    assert body["data"]["status"] == "occupied"
    assert body["timestamp"] > original["timestamp"]
    exact = inside("replay", *edit, "--resign", "--exact", "--json").lines[0]
    kept = json.loads(_show(inside, receiver, exact["delivery_id"])["body"])
    assert kept["timestamp"] == original["timestamp"]


def test_several_are_replayed_in_the_order_that_was_asked_for(
    inside: Inside, receiver: Listening
) -> None:
    first, second = (
        inside("send", "test_ping", "--url", receiver.url, "--json").lines[0]["delivery_id"]
        for _ in range(2)
    )
    lines = inside(
        "replay", second, first, "--db", receiver.db, "--url", receiver.url, "--json"
    ).lines
    assert [line["replay_of"] for line in lines] == [second, first]


def test_what_cannot_be_replayed(inside: Inside, receiver: Listening) -> None:
    at = ("--db", receiver.db, "--url", receiver.url)
    inside("send", "test_ping", "--url", receiver.url)  # there may be none yet
    before = _newest(inside, receiver)["id"]
    # All are looked up before the first is sent.
    ended = inside("replay", before, 10**6, *at)
    assert ended.code == 4
    assert "There is no delivery 1000000" in ended.err
    assert _newest(inside, receiver)["id"] == before
    assert inside("replay", "x", *at).code == 2
    assert inside("replay", before, "--set", "data.x.y.z", *at).code == 2


def test_a_large_refused_delivery_is_not_replayed_in_half(
    inside: Inside, cli: Cli, receiver: Listening
) -> None:
    (cli.cwd / "large.txt").write_bytes(b"x" * 40_000)
    inside("send", "large.txt", "--bad-signature", "missing", "--url", receiver.url)
    newest = _newest(inside, receiver)["id"]
    ended = inside("replay", newest, "--db", receiver.db, "--url", receiver.url)
    assert ended.code == 3
    assert "of its 40,000 bytes were kept" in ended.err
