from __future__ import annotations

import pytest

from receiver.tunnel.presets import PRESETS, Preset, find_address, program

ANY = Preset("")


@pytest.mark.parametrize(
    ("template", "argv"),
    [
        ("prog --port {port}", ("prog", "--port", "8787")),
        ("prog 'a b' x={port},{port}", ("prog", "a b", "x=8787,8787")),
        ("prog $HOME `id`; rm {other}", ("prog", "$HOME", "`id`;", "rm", "{other}")),
    ],
)
def test_a_command_is_split_as_by_a_shell_but_run_by_none(
    template: str, argv: tuple[str, ...]
) -> None:
    assert program(template, 8787).argv == argv


@pytest.mark.parametrize("template", ["", "  ", "'open"])
def test_a_command_without_words_is_refused(template: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the caller's
        program(template, 8787)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_is_named_or_written_out(name: str) -> None:
    named = program(name, 8787)
    assert any("8787" in word for word in named.argv)
    assert not any("{" in word for word in named.argv)
    assert program(PRESETS[name].command, 8787) == named


def test_a_named_cloudflare_tunnel_has_an_address_of_its_own() -> None:
    assert program("cloudflared tunnel run mine", 1).preset is not PRESETS["cloudflared"]


@pytest.mark.parametrize(
    ("preset", "line", "address"),
    [
        (
            "cloudflared",
            "2026-11-23T10:00:01Z INF |  https://made-up-words.trycloudflare.com          |",
            "https://made-up-words.trycloudflare.com",
        ),
        ("cloudflared", "ERR Post https://api.trycloudflare.com/tunnel: EOF", None),
        ("cloudflared", "see https://developers.cloudflare.com", None),
        (
            "localhost.run",
            "abc123.lhr.life tunneled with tls termination, https://abc123.lhr.life",
            "https://abc123.lhr.life",
        ),
        ("localhost.run", "go to https://admin.localhost.run/", None),
        (
            "serveo",
            "\x1b[32mForwarding HTTP traffic from https://x.serveo.net\x1b[0m",
            "https://x.serveo.net",
        ),
        ("serveo", "visit https://console.serveo.net for more", None),
    ],
)
def test_a_preset_knows_the_address_from_the_greeting(
    preset: str, line: str, address: str | None
) -> None:
    assert find_address(line, PRESETS[preset]) == address


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("url=https://a.example", "https://a.example"),
        ('{"url": "https://a.example"}', "https://a.example"),
        ("at https://a.example.", "https://a.example"),
        ("(https://a.example)", "https://a.example"),
        ("\x1b[1mhttps://a.example/\x1b[0m now", "https://a.example"),
        ("http://a.example and https://a.example", "https://a.example"),
        ("https://a.example/docs then https://b.example", "https://b.example"),
        ("read https://docs.ngrok.com or https://github.com", None),
        ("go to https://admin.localhost.run/ first", None),
        ("https://api.a.example", "https://api.a.example"),
        ("inspector at http://127.0.0.1:4040", None),
        ("forwarding https://my.example -> http://127.0.0.1:8787", "https://my.example"),
        ("https://x.ngrok.io", "https://x.ngrok.io"),
        ("nothing here", None),
        ("", None),
    ],
)
def test_of_an_unknown_program_the_first_bare_https_address_is_taken(
    line: str, address: str | None
) -> None:
    assert find_address(line, ANY) == address
