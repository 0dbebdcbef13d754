from __future__ import annotations

from dataclasses import replace

from receiver.checks import ActionKind, CheckName, CheckStatus
from store.records import PropertyState, Reason
from store.statistics import MissingUnits
from tests.unit.receiver.checks.given import (
    FACTS,
    REGISTRY,
    ago,
    expect,
    ignored,
    verdict,
    with_log,
)

NAME = CheckName.PROPERTIES
UNLINKED = Reason.UNLINKED_PROPERTY


def test_all_linked() -> None:
    expect(verdict(NAME, FACTS), CheckStatus.PASS, "1 property is linked.")
    states = {PropertyState.LINKED: 2, PropertyState.UNLINKED: 3}
    facts = with_log(registry=replace(REGISTRY, properties=states))
    expect(verdict(NAME, facts), CheckStatus.PASS, "2 properties are linked", "3 unlinked")


def test_unlinked_ones_with_their_events() -> None:
    facts = with_log(
        ignored=(
            ignored(UNLINKED, "conn_a", "prop_x", 7),
            ignored(UNLINKED, "conn_a", "prop y", 1),
            ignored(Reason.UNKNOWN_CONNECTION, "conn_q", "prop_q", 5),
        )
    )
    found = expect(
        verdict(NAME, facts),
        CheckStatus.WARN,
        "prop_x of conn_a (7 events) and prop y of conn_a (1 event)",
        "event 41",
        fix="properties link prop_x --connection conn_a",
        without="prop_q",
    )
    assert "brings in what was ignored" in (found.fix or "")
    assert found.action is not None
    assert found.action.kind is ActionKind.LINK_PROPERTY
    assert (found.action.connection_id, found.action.property_id) == ("conn_a", "prop_x")


def test_those_in_review() -> None:
    review = replace(
        REGISTRY,
        properties={PropertyState.REVIEW: 5},
        in_review=tuple(("conn_a", f"prop_{n}") for n in range(5)),
    )
    found = expect(
        verdict(NAME, with_log(registry=review)),
        CheckStatus.WARN,
        "5 properties wait",
        "prop_0, prop_1, prop_2 and 2 more",
        fix="properties link prop_0 --connection conn_a",
    )
    assert found.action is not None
    assert found.action.property_id == "prop_0"
    one = replace(review, properties={PropertyState.REVIEW: 1}, in_review=(("conn_a", "prop_0"),))
    expect(verdict(NAME, with_log(registry=one)), CheckStatus.WARN, "1 property waits")


def test_events_that_name_no_property() -> None:
    older = replace(ignored(UNLINKED, "conn_b", None, 1), newest_id=7)
    facts = with_log(ignored=(ignored(UNLINKED, "conn_a", None, 4), older))
    found = expect(verdict(NAME, facts), CheckStatus.WARN, "5 events name no", fix="reprocess")
    assert found.action is not None
    assert found.action.event_id == 41


def test_missing_units() -> None:
    facts = with_log(missing_units=MissingUnits(12, ago(hours=3)))
    expect(verdict(NAME, facts), CheckStatus.WARN, "12 units", "3 h ago", fix="sync")
    many = with_log(missing_units=MissingUnits(1_000, None))
    expect(verdict(NAME, many), CheckStatus.WARN, "1,000 or more units")
