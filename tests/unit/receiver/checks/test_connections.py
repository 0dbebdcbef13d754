from __future__ import annotations

from dataclasses import replace

from receiver.checks import ActionKind, CheckName, CheckStatus
from store.records import ConnectionRecord, Reason
from tests.unit.receiver.checks.given import FACTS, REGISTRY, expect, ignored, verdict, with_log

NAME = CheckName.CONNECTIONS
UNKNOWN = Reason.UNKNOWN_CONNECTION


def test_all_registered() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "1 connection registered")


def test_none_registered() -> None:
    facts = with_log(registry=replace(REGISTRY, connections=(), registered=0))
    expect(verdict(NAME, facts), CheckStatus.WARN, "No connection", fix="connections add")


def test_unregistered_ones_with_their_events() -> None:
    facts = with_log(
        ignored=(
            ignored(UNKNOWN, "conn_y", None, 2),
            ignored(UNKNOWN, "conn_x", "prop_1", 9),
            ignored(UNKNOWN, "conn_x", "prop_2", 3),
            ignored(Reason.STALE, "conn_z", None, 5),
        )
    )
    found = expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "conn_x (12 events) and conn_y (2 events)",
        "event 41",
        "3 min ago",
        fix="connections add conn_x",
        without="conn_z",
    )
    assert found.action is not None
    assert found.action.kind is ActionKind.REGISTER_CONNECTION
    assert found.action.connection_id == "conn_x"


def test_an_id_that_is_no_plain_word_is_quoted_for_the_shell() -> None:
    facts = with_log(ignored=(ignored(UNKNOWN, "x; rm -rf ~", None, 1),))
    expect(verdict(NAME, facts), CheckStatus.WARN, fix="connections add 'x; rm -rf ~'`")
    facts = with_log(ignored=(ignored(UNKNOWN, "--help", None, 1),))
    expect(verdict(NAME, facts), CheckStatus.WARN, fix="connections add ID`")


def test_events_from_before_the_registration() -> None:
    facts = with_log(ignored=(ignored(UNKNOWN, "conn_a", None, 4),))
    found = expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "conn_a (4 events)",
        "still ignored",
        fix="reprocess --ignored",
    )
    assert found.action is not None
    assert found.action.kind is ActionKind.REPROCESS_IGNORED


def test_a_silent_stranger_is_mentioned() -> None:
    others = (*REGISTRY.connections, ConnectionRecord(connection_id="conn_q"))
    facts = with_log(registry=replace(REGISTRY, connections=others))
    expect(verdict(NAME, facts), CheckStatus.PASS, "1 other seen")
