from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.tunnel import problems
from receiver.tunnel.advice import NGROK, OWN
from receiver.tunnel.status import Problem


@pytest.mark.parametrize("number", sorted(NGROK))
def test_every_known_code_has_a_cause_a_cure_and_a_link(number: int) -> None:
    problem = problems.from_ngrok(number)

    assert problem.code == f"ERR_NGROK_{number}"
    assert problem.link == f"https://ngrok.com/docs/errors/err_ngrok_{number}"
    for text in (problem.sentence, problem.cure):
        assert text.isprintable()
        assert text.endswith((".", "`."))
        assert len(text) > 20


@pytest.mark.parametrize("code", sorted(OWN))
def test_every_problem_of_ours_is_a_sentence_with_a_cure(code: str) -> None:
    problem = problems.own(code, "it said so")

    assert problem.sentence.endswith("(it said so)")
    assert problem.cure.endswith(".")
    assert problem.link is None


def test_an_unknown_code_says_what_ngrok_said() -> None:
    problem = problems.from_text("your pony is\\r\\nmissing\\n\\nERR_NGROK_31337\\n", "no_network")

    assert problem == Problem(
        "ERR_NGROK_31337",
        "ngrok refused: your pony is missing",
        "The linked page says what to do.",
        "https://ngrok.com/docs/errors/err_ngrok_31337",
    )


def test_the_code_is_found_in_the_body_of_the_agents_api() -> None:
    body = {
        "error_code": 103,
        "status_code": 502,
        "msg": "failed to start tunnel",
        "details": {"err": "failed to start tunnel: already online\r\n\r\nERR_NGROK_334\r\n"},
    }
    assert problems.from_text(json.dumps(body), "endpoint_refused").code == "ERR_NGROK_334"


def test_a_body_without_a_code_says_its_reason() -> None:
    body = {"error_code": 104, "msg": "ngrok is not yet ready", "details": {"err": ""}}
    problem = problems.from_text(json.dumps(body), "endpoint_refused")
    assert problem.code == "endpoint_refused"
    assert "ngrok is not yet ready" in problem.sentence


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dial tcp: lookup connect.ngrok-agent.com: no such host", "no_network"),
        ("dial tcp 1.2.3.4:443: i/o timeout", "no_network"),
        ("dial tcp 1.2.3.4:443: connect: connection refused", "no_network"),
        ("x509: certificate signed by unknown authority", "tls_intercepted"),
        ("listen tcp 127.0.0.1:4040: bind: address already in use", "web_addr_taken"),
        ("yaml: line 3: did not find expected key", "agent_config"),
        ("something else", "agent_died"),
        ("", "agent_died"),
    ],
)
def test_words_without_a_code_are_understood(text: str, code: str) -> None:
    assert problems.from_text(text, "agent_died").code == code


def test_what_passes_by_itself_is_tried_again_and_a_refusal_is_not() -> None:
    assert problems.passes(problems.own("no_network"), was_online=False)
    assert not problems.passes(problems.from_ngrok(105), was_online=True)
    assert not problems.passes(problems.own("agent_missing"), was_online=True)


def test_right_after_a_break_the_service_may_still_count_the_lost_connection() -> None:
    taken = problems.from_ngrok(334)
    assert problems.passes(taken, was_online=True)
    assert not problems.passes(taken, was_online=False)


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_raises_or_brings_control_characters(text: str) -> None:
    problem = problems.from_text(text, "endpoint_refused")
    assert (problem.sentence + problem.cure).isprintable()
