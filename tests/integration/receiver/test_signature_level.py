"""Every variant of the signature header over a real socket: one answer, and a row for each."""

from __future__ import annotations

import pytest

from receiver.judging.signing import sign
from store.records import Verdict
from tests.conftest import SECRET
from tests.integration.receiver.conftest import Front, new_ping, request
from tests.unit.receiver.test_signing import BODY, GOOD, VARIANTS

# Those that HTTP itself does not let through.
UNSENDABLE = {name for name, values in VARIANTS.items() if set(b"".join(values)) & set(b"\0\n")}


@pytest.mark.parametrize(
    "values",
    [pytest.param(values, id=name) for name, values in VARIANTS.items() if name not in UNSENDABLE],
)
def test_every_wrong_signature_gets_the_same_answer(front: Front, values: list[bytes]) -> None:
    lines = [b"X-Propexo-Signature: " + value for value in values]
    reply = front.ask(request(BODY, *lines, signature=None))
    assert (reply.status, reply.body) == (401, b'{"error":"invalid_signature"}')
    row = front.row()
    assert (row.status, row.verdict, row.event_id) == (401, Verdict.INVALID, None)
    content = front.content()
    assert content.body == BODY
    assert [value for _, value in content.headers[2:]] == values


@pytest.mark.parametrize("name", sorted(UNSENDABLE))
def test_what_is_no_header_is_no_request(front: Front, name: str) -> None:
    lines = [b"X-Propexo-Signature: " + value for value in VARIANTS[name]]
    assert front.ask(request(BODY, *lines, signature=None)).status == 400
    assert [(row.status, row.verdict) for row in front.rows()] == [(400, Verdict.NOT_CHECKED)]


@pytest.mark.parametrize("line", [b"X_Propexo_Signature: ", b"X-Hub-Signature-256: "])
def test_s22_under_another_name_it_is_missing(front: Front, line: bytes) -> None:
    assert front.ask(request(BODY, line + GOOD, signature=None)).status == 401
    assert front.row().verdict is Verdict.MISSING


def test_s1_without_a_header_it_is_missing(front: Front) -> None:
    reply = front.ask(request(BODY, signature=None))
    assert (reply.status, reply.body) == (401, b'{"error":"invalid_signature"}')
    row = front.row()
    assert (row.verdict, row.event, row.connection_id) == (Verdict.MISSING, None, None)


@pytest.mark.parametrize(
    "form", [b"X-Propexo-Signature: %s", b"x-propexo-signature:%s", b"X-PROPEXO-SIGNATURE: \t%s \t"]
)
def test_s11_case_of_the_name_and_white_space_do_not_matter(front: Front, form: bytes) -> None:
    body = new_ping()
    line = form % sign(SECRET, body).encode("ascii")
    assert front.ask(request(body, line, signature=None)).status == 200


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x1b]0;owned\x07", b"\x00" * 100])
def test_s20_signed_noise_is_known_by_its_signature_and_refused(front: Front, body: bytes) -> None:
    reply = front.ask(request(body))
    assert (reply.status, reply.body) == (400, b'{"error":"invalid_json"}')
    assert front.row().verdict is Verdict.VALID
    assert front.content().body == body


def test_s25_a_replay_is_a_duplicate_however_late(front: Front) -> None:
    body = new_ping().replace(b"2026-03-25", b"1999-01-01")
    first, second = front.ask(request(body)), front.ask(request(body))
    assert (first.status, second.status) == (200, 200)
    assert second.json == {
        "status": "accepted",
        "delivery_id": first.json["delivery_id"] + 1,
        "event_id": first.json["event_id"],
        "duplicate": True,
    }
    assert [row.duplicate for row in front.rows()] == [False, True]


def test_only_what_was_signed_is_accepted_byte_for_byte(front: Front) -> None:
    body = new_ping()
    signature = sign(SECRET, body).encode("ascii")
    for changed in (body + b" ", body.replace(b":", b": "), body[:-1], b"\xef\xbb\xbf" + body):
        assert front.ask(request(changed, signature=signature)).status == 401
    assert front.ask(request(body, signature=signature)).status == 200
