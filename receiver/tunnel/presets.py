"""Programs that print a public address, and how to find the address in what they print."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from receiver.tunnel.addresses import public_address

if TYPE_CHECKING:
    from collections.abc import Sequence

_URL = re.compile(r"https://[^\s|\"'<>,;\\\x00-\x20]+")
_NOTHING = re.compile(r"(?!)")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# Programs greet with links to themselves; none of these is an address of the user.
_FOREIGN_HOSTS = frozenset(
    {
        "localhost.run",
        "admin.localhost.run",
        "serveo.net",
        "console.serveo.net",
        "pinggy.io",
        "dashboard.pinggy.io",
        "trycloudflare.com",
        "api.trycloudflare.com",
    }
)
_FOREIGN_DOMAINS = ("cloudflare.com", "github.com", "ngrok.com", "twitter.com", "x.com")
_SSH = (
    "ssh -T -o StrictHostKeyChecking=accept-new -o ExitOnForwardFailure=yes "
    "-o ServerAliveInterval=15 -o ServerAliveCountMax=2 "
)


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known about a program."""

    command: str
    """What the name of the preset stands for."""
    address: re.Pattern[str] = _URL
    """Which addresses in its output may be the public one."""
    lost: re.Pattern[str] = _NOTHING
    """What it prints when its connection is gone and it tries again."""
    back: re.Pattern[str] = _NOTHING
    """What it prints when the connection is there again."""


PRESETS: dict[str, Preset] = {
    "cloudflared": Preset(
        "cloudflared tunnel --no-autoupdate --url http://127.0.0.1:{port}",
        re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com"),
        re.compile(r"Retrying connection in up to|Lost connection with the edge"),
        re.compile(r"Registered tunnel connection|Connection [0-9a-f-]{36} registered"),
    ),
    "localhost.run": Preset(
        _SSH + "-R 80:127.0.0.1:{port} nokey@localhost.run",
        re.compile(r"https://(?!admin\.)[a-z0-9-]+\.(?:lhr\.(?:life|rocks|pro)|localhost\.run)"),
    ),
    "serveo": Preset(
        _SSH + "-R 80:127.0.0.1:{port} serveo.net",
        re.compile(r"https://(?!console\.)[a-z0-9-]+\.serveo(?:usercontent)?\.(?:net|com)"),
    ),
}
_ANY = Preset("")


@dataclass(frozen=True, slots=True)
class Program:
    """A command ready to be started, and what is known about it."""

    argv: tuple[str, ...]
    preset: Preset


def program(template: str, port: int) -> Program:
    """The program that a setting means: a preset's name, or an argv as a shell would split it.

    No shell is involved. `{port}` is replaced in every argument.

    Raises:
        ValueError: a quotation mark is not closed, or there is no word.
    """
    named = PRESETS.get(template.strip())
    words = shlex.split(named.command if named else template)
    if not words:
        raise ValueError(template)
    return Program(
        tuple(word.replace("{port}", str(port)) for word in words), named or _known(words)
    )


def _known(words: Sequence[str]) -> Preset:
    """The preset of a command written out: cloudflared without a name of its own, a known host."""
    name = PurePath(words[0]).name
    if name == "cloudflared" and "run" not in words:
        return PRESETS["cloudflared"]
    if name == "ssh":
        hosts = {word.rpartition("@")[2] for word in words}
        return next(
            (PRESETS[key] for key in ("localhost.run", "serveo") if hosts & {key, f"{key}.net"}),
            _ANY,
        )
    return _ANY


def find_address(line: str, preset: Preset) -> str | None:
    """The public address in a line that a program printed, or None."""
    for match in preset.address.finditer(_ESCAPES.sub("", line)):
        address = public_address(match[0].rstrip(".)]"))
        if address is not None and not _is_foreign(address):
            return address
    return None


def _is_foreign(address: str) -> bool:
    host = address.removeprefix("https://")
    return host in _FOREIGN_HOSTS or f".{host}".endswith(tuple(f".{d}" for d in _FOREIGN_DOMAINS))
