"""`simulate`, `pms serve` and the list of scenarios, as a user types them."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.stand_ins.ports import find_port

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Cli = Any
    Inside = Callable[..., Any]
    Listening = Any
    Start = Callable[..., Any]

_QUIET = """\
title = "Quiet"

[[steps]]
sample = "test_ping"
repeat = 3

[expect]
delivered = 3
"""


def _port(receiver: Listening) -> str:
    return str(receiver.url).split(":")[2].split("/")[0]


def test_a_report_says_what_became_of_it(cli: Cli, listening: Start) -> None:
    with listening() as receiver:
        given = ("--db", receiver.db, "--port", _port(receiver), "--speed", "1e6")
        people = cli("simulate", "wrong_secret_then_right", *given)
        assert people.code == 0, people.err
        assert "A wrong secret, then the right one" in people.out
        assert "9 (3 × 200, 6 × 401)" in people.out
        assert "✓  final units" in people.out
        assert "Step 2 of 3: correct unit\n" in people.err
        assert "data.update was answered with 401. Attempt 2 of 6 follows" in people.err
        ended = cli("simulate", "wrong_secret_then_right", *given, "--json", "--seed", "5")
        assert ended.code == 0
        report = ended.document
        stored = cli("deliveries", "--db", receiver.db, "--limit", "0", "--json").lines
    assert (report["type"], report["scenario"]) == ("report", "wrong_secret_then_right")
    assert (report["url"], report["seed"], report["speed"]) == (receiver.url, 5, 1e6)
    assert (report["webhooks"], report["delivered"], report["given_up"]) == (4, 3, 1)
    assert (report["retried"], report["refused"], report["waiting"]) == (1, 1, 0)
    assert (report["attempts"], report["answers"]) == (9, {"200": 3, "401": 6})
    assert report["ok"]
    assert report["store_compared"]
    assert all(each["holds"] for each in report["comparisons"])
    assert len(stored) == 18


def test_the_receiver_that_runs_is_found_whatever_its_port(cli: Cli, listening: Start) -> None:
    with listening() as receiver:
        ended = cli("simulate", "unknown_connection", "--db", receiver.db, "--json")
        assert ended.code == 0, ended.err
        assert ended.document["url"] == receiver.url


def test_what_is_not_as_expected_is_exit_3(cli: Cli, listening: Start) -> None:
    (cli.cwd / "mine.toml").write_text(_QUIET.replace("delivered = 3", "delivered = 4"))
    with listening() as receiver:
        ended = cli("simulate", "./mine.toml", "--db", receiver.db)
    assert ended.code == 3
    assert "✗  delivered" in ended.out


def test_another_application_is_compared_by_its_answers_alone(
    cli: Cli, receiver: Listening
) -> None:
    (cli.cwd / "mine.toml").write_text(_QUIET)
    elsewhere = cli.home / "another.db"
    ended = cli("simulate", "./mine.toml", "--url", receiver.url, "--db", elsewhere, "--json")
    assert ended.code == 0, ended.err
    assert not ended.document["store_compared"]
    assert [each["name"] for each in ended.document["comparisons"]] == ["delivered"]
    assert "The store behind that address is not ours" in ended.err
    assert not elsewhere.exists()
    known = cli("simulate", "lease_life", "--url", receiver.url, "--db", elsewhere, "--register")
    assert known.code == 2
    assert "prop_001 of conn_abc123" in known.err


def test_nothing_is_registered_unasked_and_all_of_it_when_asked(cli: Cli, listening: Start) -> None:
    with listening() as receiver:
        given = ("--db", receiver.db)
        refused = cli("simulate", "burst", *given)
        assert (refused.code, refused.out) == (2, "")
        assert "connections add conn_burst_1" in refused.err
        names = [each["connection_id"] for each in cli("connections", *given, "--json").lines]
        assert names == ["conn_abc123"]
        asked = cli("simulate", "burst", *given, "--register", "--json")
        assert asked.code == 0, asked.err
        assert "Registered and linked: prop_burst of conn_burst_1" in asked.err
        again = cli("simulate", "unknown_connection", *given, "--register", "--json")
        assert "Registered" not in again.err


def test_nobody_there_is_exit_5(cli: Cli) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        here = cli("simulate", "lease_life", "--port", port)
        assert (here.code, here.out) == (5, "")
        assert "Start `meterbase-tui`" in here.err
        url = f"http://127.0.0.1:{port}"
        there = cli("simulate", "lease_life", "--url", url, "--speed", "1e7", "--json")
    assert there.code == 5
    assert there.document["unreachable"]
    assert (there.document["given_up"], there.document["delivered"]) == (1, 0)
    assert "Attempt 6 of 6 follows" in there.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_the_report_so_far(
    cli: Cli, receiver: Listening, number: signal.Signals
) -> None:
    given = ("receiver_down_and_back", "--url", receiver.url, "--speed", "1", "--json")
    with cli.started("simulate", *given) as process:
        # The first webhooks are on their way, and one waits for a minute.
        for line in process.stderr:
            if b"Attempt 2 of 6" in line:
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    report = json.loads(out)
    assert report["interrupted"]
    assert not report["ok"]
    assert (report["delivered"], report["waiting"]) == (4, 10)
    assert report["comparisons"] == []
    assert b"Traceback" not in err


def test_names_and_files_that_are_wrong_are_a_sentence(inside: Inside, cli: Cli) -> None:
    unknown = inside("simulate", "leaselife")
    assert unknown.code == 4
    assert "Did you mean lease_life?" in unknown.err
    (cli.cwd / "bad.toml").write_text(_QUIET.replace("repeat", "repaet"))
    bad = inside("simulate", "./bad.toml")
    assert bad.code == 2
    assert "./bad.toml: step 1 (line 3): 'repaet' is not known here" in bad.err
    assert inside("simulate", "lease_life", "--speed", "0").code == 2


def test_samples_lists_the_scenarios_and_prints_one_to_be_edited(
    inside: Inside, cli: Cli, receiver: Listening
) -> None:
    lines = inside("samples", "--json").lines
    scenarios = [line for line in lines if line["kind"] == "scenario"]
    assert {"lease_life", "burst"} <= {line["name"] for line in scenarios}
    assert "month_end_turnover" in inside("samples").out
    printed = cli("samples", "unknown-connection")
    (cli.cwd / "mine.toml").write_text(printed.out)
    ended = cli("simulate", "./mine.toml", "--url", receiver.url, "--json")
    assert (ended.code, ended.document["scenario"]) == (0, "mine")
    one = inside("samples", "attacker", "--json").document
    assert (one["kind"], one["needs"]) == (
        "scenario", [{"connection_id": "conn_abc123", "property_id": "prop_001"}],
    )  # fmt: skip
    missing = inside("samples", "nothing")
    assert missing.code == 4
    assert "Nor is it a scenario" in missing.err


def _get(url: str, token: str) -> Any:
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.loads(answer.read())


def _first_line(process: subprocess.Popen[bytes]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_the_simulated_api_is_served_until_a_signal(cli: Cli) -> None:
    with cli.started("pms", "serve", "--api-port", "0", "--json") as process:
        ready = _first_line(process)
        found = _get(f"{ready['url']}/v1/units/unit_xyz789", ready["token"])
        assert found["results"]["number"] == "305"
        taken = cli("pms", "serve", "--api-port", ready["url"].rpartition(":")[2])
        assert taken.code == 6
        assert "cannot be opened" in taken.err
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert err == b"Answered 1 requests.\n"


def test_a_key_that_was_set_is_asked_for_and_not_repeated(cli: Cli) -> None:
    key = "a-key-that-nobody-may-see"
    with cli.started("pms", "serve", "--api-port", "0", "--json", PROPEXO_API_KEY=key) as process:
        ready = _first_line(process)
        assert ready["token"] is None
        assert _get(f"{ready['url']}/v1/properties/?limit=1", key)["meta"]["total"] == 25
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert key.encode() not in out + err


def test_a_scenario_s_portfolio_is_served_while_it_plays(cli: Cli, receiver: Listening) -> None:
    given = ("receiver_down_and_back", "--url", receiver.url, "--speed", "1")
    with cli.started("simulate", *given, "--serve-api", "0") as process:
        assert process.stderr is not None
        lines = []
        while b"Attempt 2 of 6" not in (line := process.stderr.readline()):
            lines.append(line.decode())
        (told,) = [line for line in lines if "Its portfolio is served at" in line]
        url, token = told.split(" served at ")[1].split(";")[0], told.split(" is ")[-1].strip(".\n")
        units = _get(f"{url}/v1/units/?order-by=number:asc", token)["results"]
        # The move-ins have happened, though Propexo has not told of them yet.
        assert [unit["is_vacant"] for unit in units] == [False, False, True]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130


_MENDED = """\
title = "A sync mends what was lost"

[[buildings]]
connection = "conn_mended"
property = "prop_a"
units = 12
occupied = 6

[[steps]]
change = "import"

[[steps]]
change = "move_out"
units = 3
signature = "missing"
retries = false

[[steps]]
change = "change_occupants"
units = 2
occupants = 6

[[steps]]
change = "correct_unit"
unit = "101"
set = { sqft = 777 }
signature = "missing"
retries = false

# A snapshot's moment has whole seconds: what was told in the same second counts as newer.
[[steps]]
change = "sync"
after = "1s"

[expect]
given_up = 7

[expect.events]
processed.refreshed = 1
"""


def test_after_a_sync_the_store_is_as_the_portfolio_whatever_was_lost(
    cli: Cli, listening: Start
) -> None:
    port = find_port()
    surroundings = {
        "PROPEXO_API_URL": f"http://127.0.0.1:{port}", "PROPEXO_API_KEY": "a-key-for-both",
    }  # fmt: skip
    (cli.cwd / "mended.toml").write_text(_MENDED)
    with listening(**surroundings) as receiver:
        given = ("./mended.toml", "--db", receiver.db, "--register", "--json")
        ended = cli("simulate", *given, "--serve-api", port, **surroundings)
        refreshed = receiver.wait_for(type="outcome", event="sync.complete")
        assert refreshed["outcome"] == "refreshed", refreshed["error"]
        units = cli("units", "--db", receiver.db, "--limit", "0", "--json").lines
    assert ended.code == 0, ended.out
    (corrected,) = [unit for unit in units if unit["unit_number"] == "101"]
    assert corrected["sqft"] == 777
    assert sum(unit["lease"] is not None for unit in units) == 3
    assert "a-key-for-both" not in ended.out + ended.err
