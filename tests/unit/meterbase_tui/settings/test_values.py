"""What each kind of setting may be."""

from __future__ import annotations

import pytest

from meterbase_tui.settings import addresses, values
from receiver.tunnel.status import ProviderName


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("localhost", "localhost"),
        ("my-box.local", "my-box.local"),
    ],
)
def test_a_host_is_an_address_or_a_name(text: str, host: str) -> None:
    assert addresses.parse_host(text) == host


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "http://x", "x:80", "999.1.1.1", "1.2.3", "-/-", "a" * 300, "[::1"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        addresses.parse_host(text)


@pytest.mark.parametrize(("text", "port"), [("0", 0), ("8787", 8787), ("65535", 65535)])
def test_a_port_is_a_number_of_two_bytes(text: str, port: int) -> None:
    assert values.parse_port(text) == port


@pytest.mark.parametrize("text", ["-1", "65536", "80_80", "8 0", "0x50", "٨٠", "1e3", "", "9" * 50])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 0"):
        values.parse_port(text)


def test_the_largest_body_has_bounds() -> None:
    assert values.parse_max_body("1048576") == 1 << 20
    for text in ("0", "1023", "67108865", "1M"):
        with pytest.raises(ValueError, match="bytes"):
            values.parse_max_body(text)


@pytest.mark.parametrize("text", ["1", "true", "YES", "on"])
def test_yes_has_several_spellings(text: str) -> None:
    assert values.parse_switch(text) is True


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    assert values.parse_switch("Off") is False
    with pytest.raises(ValueError, match="1 or 0"):
        values.parse_switch("maybe")


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_a_blank_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="anyone could sign"):
        values.parse_secret(text)


def test_a_secret_is_kept_to_the_letter() -> None:
    assert values.parse_secret(' "ab#c${HOME}" ') == b' "ab#c${HOME}" '
    assert values.parse_secret("é") == "é".encode()
    # How an environment hands over bytes that are no UTF-8.
    assert values.parse_secret("a\udcff") == b"a\xff"


@pytest.mark.parametrize("secret", [b" a", b"a\n", b'"a"', b"a'", "\u201ca\u201d".encode()])
def test_what_a_copy_brings_along_is_noticed(secret: bytes) -> None:
    assert values.looks_quoted(secret)
    assert not values.looks_quoted(b"whsec_abc=")


def test_a_provider_is_one_that_there_is() -> None:
    assert values.parse_provider("NGROK") is ProviderName.NGROK
    with pytest.raises(ValueError, match="auto, ngrok, command, url, none"):
        values.parse_provider("frp")


@pytest.mark.parametrize("text", ["", "   ", "ssh 'unclosed"])
def test_a_command_must_be_one(text: str) -> None:
    with pytest.raises(ValueError, match="command"):
        values.parse_command(text)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "127.0.0.1:3000",
        "http://",
        "http://user:pw@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\x1b[2J",
        "http://[::1",
    ],
)
def test_an_address_to_send_to_must_be_plain_http(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        addresses.parse_http_url(url)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "app.localhost",
        "LOCALHOST.",
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "[::1]",
        "[fd00::1]",
        "[::ffff:10.0.0.1]",
    ],
)
def test_loopback_and_private_hosts_are_local(host: str) -> None:
    assert addresses.is_local(f"http://{host}:3000/hook")


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "localhost.example.com",
        "172.32.0.1",
        "8.8.8.8",
        "169.254.169.254",
        "0.0.0.0",
        "[2001:db8::1]",
        "[::ffff:8.8.8.8]",
        "host.docker.internal",
        "127.1",
    ],
)
def test_every_other_host_is_not(host: str) -> None:
    assert not addresses.is_local(f"http://{host}/")
