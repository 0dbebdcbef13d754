"""People's data is masked, and what a bill depends on is not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.contents.personal_data import (
    MASK,
    mask_body,
    mask_headers,
    mask_json,
    mask_json_at,
    mask_text,
    people_in,
)
from sample_payloads.catalogue import load_catalogue

CATALOGUE = load_catalogue()


def masked(name: str) -> Any:
    return mask_json(CATALOGUE.find(name).payload)


def test_a_unit_keeps_what_the_bill_needs() -> None:
    before, after = CATALOGUE.find("data_update_unit").payload, masked("data_update_unit")
    assert after["data"]["current_lease"] == before["data"]["current_lease"] | {
        "resident_name": MASK
    }
    del before["data"]["current_lease"], after["data"]["current_lease"]
    assert after == before


def test_a_resident_is_masked_and_a_property_keeps_its_name() -> None:
    resident = masked("data_update_resident")
    assert {resident["data"][name] for name in ("name", "email", "phone")} == {MASK}
    assert resident["data"]["id"] == "res_001"
    assert resident["changes"]["email"] == {"old": MASK, "new": MASK}
    assert masked("data_new_property")["data"]["name"] == "Maple Court"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to jo.smith+x@mail.example.com now", f"write to {MASK} now"),
        ("call +1 555 010 0123 or (555) 010-0123", f"call {MASK} or {MASK}"),
        ("555-010-0123", MASK),
        ("2026-04-01T10:00:00Z", "2026-04-01T10:00:00Z"),
        ("unit_1234567890", "unit_1234567890"),
        ("1200 units, 980 leases, 950.5 sqft", "1200 units, 980 leases, 950.5 sqft"),
        ("sha256=0123456789abcdef", "sha256=0123456789abcdef"),
    ],
)
def test_texts_are_masked_by_their_form(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "name",
    ["firstName", "last_name", "Email", "email_1", "phone_1", "phoneNumber", "date_of_birth"],
)
def test_fields_are_masked_by_their_names(name: str) -> None:
    assert mask_json({"data": {name: "x"}}) == {"data": {name: MASK}}
    assert mask_json({"data": {name: None}}) == {"data": {name: None}}
    assert mask_json({"data": {name: ["x", "y"]}}) == {"data": {name: [MASK, MASK]}}


def test_people_inside_of_other_records() -> None:
    lease = {"resource_type": "lease", "data": {"residents": [{"name": "Jo", "id": "r1"}]}}
    assert mask_json(lease)["data"] == {"residents": [{"name": MASK, "id": "r1"}]}  # type: ignore[index,call-overload]


def test_a_body_that_is_no_json_is_masked_by_form() -> None:
    assert mask_body(b"a@b.example\xff") == f"{MASK}\N{REPLACEMENT CHARACTER}".encode()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=20,
    )
)
def test_any_value_keeps_its_shape(value: Any) -> None:
    shown = mask_json(value)
    assert type(shown) is type(value)
    if isinstance(value, dict) and isinstance(shown, dict):
        assert list(shown) == list(value)
    json.dumps(shown)


def test_names_are_found_in_the_fields_of_people() -> None:
    payload = {
        "resource_type": "lease",
        "name": "Maple Court",
        "resident_name": "Ada Lovelace",
        "tenants": [{"name": "Grace"}, {"first_name": "Al"}],
        "emergency_contact": {"who": ["Alan"]},
    }
    assert people_in(payload) == {"Ada Lovelace", "Grace", "Alan"}
    assert people_in({"resource_type": "resident", "name": "Alan"}) == {"Alan"}


def test_names_are_masked_as_words_the_longest_first_in_any_case() -> None:
    names = frozenset({"Ada", "Ada (A.) King"})
    text = "Ada, ADA, Adam, res_Ada, ada (a.) king, (Ada)"
    assert mask_text(text, names) == "•••, •••, Adam, res_Ada, •••, (•••)"
    assert mask_text("the 't Hooft and ---", frozenset({"'t Hooft", "---"})) == "the '••• and ---"


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        (["data", "resident_name"], "Ada", MASK),
        (["data", "resident_name"], None, None),
        (["data", "residents", "0", "name"], "Ada", MASK),
        (["data", "emails", "3"], "ada", MASK),
        (["data", "contact", "address", "street"], "Elm", MASK),
        (["data", "name"], "Maple Court", "Maple Court"),
        (["data", "lease"], {"resident_name": "Ada", "id": 1}, {"resident_name": MASK, "id": 1}),
        ([], {"email": "ada"}, {"email": MASK}),
    ],
)
def test_a_part_is_masked_as_in_its_place(path: list[str], value: Any, shown: Any) -> None:
    assert mask_json_at(path, value) == shown


def test_thousands_of_names_take_no_longer_than_one() -> None:
    residents = [
        {"id": n, "resident_name": f"First{n % 70} Last{n}", "remark": f"of First{n % 70} Last{n}."}
        for n in range(6_000)
    ]
    payload = {"resource_type": "lease", "data": residents}
    names = people_in(payload)
    began = time.process_time()
    shown: Any = mask_json(payload, names=names)
    assert time.process_time() - began < 2
    assert len(names) == 6_000
    assert {each["remark"] for each in shown["data"]} == {f"of {MASK}."}


def test_headers_lose_credentials_and_people() -> None:
    headers = (
        (b"Authorization", b"Bearer x"),
        (b"X-Resident-Name", b"Ada"),
        (b"X-Note", b"of Ada, a@b.example"),
        (b"X-Odd", b"\xff"),
        (b"X-Propexo-Signature", b"sha256=00"),
    )
    values = [value.decode() for _, value in mask_headers(headers, frozenset({"Ada"}))]
    assert values == [MASK, MASK, f"of {MASK}, {MASK}", MASK, "sha256=00"]
