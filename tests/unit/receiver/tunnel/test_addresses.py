from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.tunnel.addresses import bare_domain, public_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example", "https://a.example"),
        ("https://A.Example/", "https://a.example"),
        (" https://a.example:8443\n", "https://a.example:8443"),
        ("https://a.example/api/webhooks/propexo", "https://a.example"),
        ("https://a.example/api/webhooks/propexo/", "https://a.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://a.example", None),
        ("https://a.example/other", None),
        ("https://a.example/?q=1", None),
        ("https://a.example/#f", None),
        ("https://user:secret@a.example", None),
        ("https://", None),
        ("https://a.example:port", None),
        ("https://a.example:99999", None),
        ("https://a b.example", None),
        ("https://a\x1b[2J.example", None),
        ("https://[::1", None),
        ("ftp://a.example", None),
        ("a.example", None),
        ("", None),
    ],
)
def test_only_what_propexo_could_be_given_is_an_address(text: str, address: str | None) -> None:
    assert public_address(text) == address


@given(st.text() | st.text().map("https://{}".format))
def test_no_text_raises_and_every_address_is_plain(text: str) -> None:
    address = public_address(text)
    assert address is None or (address.isascii() and address.isprintable())
    assert address is None or public_address(address) == address


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        (None, None),
        ("  ", None),
        ("name.ngrok-free.app", "name.ngrok-free.app"),
        ("https://Name.ngrok-free.app/", "name.ngrok-free.app"),
    ],
)
def test_a_domain_is_taken_as_people_paste_it(text: str | None, domain: str | None) -> None:
    assert bare_domain(text) == domain


@pytest.mark.parametrize("text", ["name", "a b.example", "a.example/path", "-a.example", "é.fr"])
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the caller's
        bare_domain(text)
