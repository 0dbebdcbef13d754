"""What is masked of the records that the screen draws."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from meterbase_tui.privacy.discreet import HIDDEN, _mask_forward, mask_diagnosis, mask_differences
from meterbase_tui.queries.details import ForwardDetail
from receiver.contents.comparison import compare_json
from receiver.contents.personal_data import MASK
from receiver.diagnosis import Diagnosis, DiagnosisCode, Difference
from store.forwarding.forward_records import Forward, ForwardAttempt


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"resident_name": "Ada"}, {"resident_name": "Grace"}, [("resident_name", MASK, MASK)]),
        ({"resident_name": None}, {"resident_name": "Grace"}, [("resident_name", None, MASK)]),
        ({"a.b": {"email": "x"}}, {"a.b": {"email": "y"}}, [("a\\.b.email", MASK, MASK)]),
        ({"c": "of Ada", "email": "Ada"}, {"c": "x", "email": "Ada"}, [("c", f"of {MASK}", "x")]),
        ({"unit": 1}, {"unit": 2}, [("unit", 1, 2)]),
        ({"name": "Maple"}, {"name": "Elm"}, [("name", "Maple", "Elm")]),
        (
            {"resource_type": "resident", "data": {"name": "Ada"}},
            {"resource_type": "resident", "data": {"name": "Al"}},
            [("data.name", MASK, MASK)],
        ),
        ("Ada", "a@b.example", [("", "Ada", MASK)]),
    ],
)
def test_differences_name_nobody(before: Any, after: Any, shown: Any) -> None:
    found = mask_differences(compare_json(before, after), before, after)
    assert [(each.path, each.before, each.after) for each in found] == shown


def test_a_diagnosis_says_where_bytes_differ_and_not_which() -> None:
    found = Diagnosis(DiagnosisCode.BODY_ENCODING, "x", difference=Difference(7, b"Ada", b"A da"))
    masked = mask_diagnosis(found)
    assert masked.difference is not None
    assert (masked.difference.offset, masked.difference.received.decode()) == (7, MASK)
    assert masked.difference.signed.decode() == MASK
    assert mask_diagnosis(Diagnosis(DiagnosisCode.MALFORMED, "x")).difference is None


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"hello": "Ada"}', f'{{\n  "hello": "{MASK}"\n}}'),
        (b"Hello Ada", HIDDEN),
        (b"", ""),
    ],
)
def test_an_answer_of_the_application_names_nobody(body: bytes, shown: str) -> None:
    attempt = ForwardAttempt(
        at=datetime.now(UTC), ms=1.0, headers=((b"X-For", b"Ada"),), body=body, size=len(body)
    )
    (masked,) = _mask_forward(
        ForwardDetail(cast("Forward", None), (attempt,)), frozenset({"Ada"})
    ).attempts
    assert masked.body.decode() == shown
    assert masked.size == len(masked.body)
    assert masked.headers == ((b"X-For", MASK.encode()),)
