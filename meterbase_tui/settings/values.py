"""What each kind of setting may be: text in, value out, or a sentence's end that says why not.

Every function here raises `ValueError` with a phrase that completes "METERBASE_PORT …".
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from receiver.billing.weights import Method, Vacant
from receiver.tunnel.status import ProviderName

MAX_PORT = 65_535
THEME_WORDS = ("dark", "light", "contrast")
"""Those of `meterbase_tui.terminal.themes`, which takes Textual; a test holds the two together."""
LEAST_KEPT, MOST_KEPT = 10**6, 10**14
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(|[kmgt]i?b?|b)", re.IGNORECASE)
_UNITS = {"": 1, "b": 1} | {
    prefix + suffix: (1024 if suffix.startswith("i") else 1000) ** power
    for power, prefix in enumerate("kmgt", start=1)
    for suffix in ("", "b", "i", "ib")
}
LOG_LEVELS = ("debug", "info", "warning", "error")
LEAST_MAX_BODY, MOST_MAX_BODY = 1_024, 64 << 20
MOST_BACKLOG = 10**9
PROFILE_NAME = "[A-Za-z0-9][A-Za-z0-9_-]{0,31}"
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})
_SWITCH = {"1": True, "true": True, "yes": True, "on": True,
           "0": False, "false": False, "no": False, "off": False}  # fmt: skip
_QUOTES = "\"'`“”‘’«»"


def parse_port(text: str) -> int:
    """A TCP port; 0 stands for any free one."""
    return _parse_number(text, 0, MAX_PORT, f"must be a port from 0 (any free one) to {MAX_PORT}")


def parse_max_body(text: str) -> int:
    """A number of bytes."""
    allowed = f"must be a number of bytes from {LEAST_MAX_BODY} to {MOST_MAX_BODY}"
    return _parse_number(text, LEAST_MAX_BODY, MOST_MAX_BODY, allowed)


def parse_switch(text: str) -> bool:
    """Yes or no, in the spellings that environments use."""
    try:
        return _SWITCH[text.lower()]
    except KeyError:
        raise ValueError("must be 1 or 0 (true or false, yes or no, on or off)") from None


def parse_path(text: str) -> Path:
    """A path; `~` is the user's home. Whoever reads it says what it is relative to."""
    if "\0" in text:
        raise ValueError("must be a path, which cannot hold a NUL")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError("must be a path, and there is no home folder for its ~") from None


def parse_secret(text: str) -> bytes:
    """A secret, kept to the letter: white space and quotes may belong to it."""
    if not text.strip():
        raise ValueError("must not be empty: anyone could sign")
    # An environment's bytes that are no UTF-8 come as surrogates; they were meant as bytes.
    return text.encode("utf-8", "surrogateescape")


def looks_quoted(secret: bytes) -> bool:
    """Whether a secret begins or ends with what a copy and paste brings along."""
    text = secret.decode("utf-8", "replace")
    return text != text.strip() or text[:1] in _QUOTES or text[-1:] in _QUOTES


def parse_token(text: str) -> str:
    """A key or token; the white space of a copy and paste around it is dropped."""
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ValueError("must be printable ASCII characters")
    return token


def parse_provider(text: str) -> ProviderName:
    """Who makes the tunnel."""
    try:
        return ProviderName(text.lower())
    except ValueError:
        raise ValueError(f"must be one of {', '.join(ProviderName)}") from None


def parse_method(text: str) -> Method:
    """What bills are divided by."""
    try:
        return Method(text.lower())
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Method)}") from None


def parse_vacant(text: str) -> Vacant:
    """Who pays for vacant units."""
    try:
        return Vacant(text.lower())
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Vacant)}") from None


def parse_command(text: str) -> str:
    """A command line as a shell would split it."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words:
        raise ValueError("must be a command with its arguments; every quote must be closed")
    return text


def parse_theme(text: str) -> str:
    """A word for the colours of the screen."""
    word = text.strip().lower()
    if word not in THEME_WORDS:
        raise ValueError(f"must be one of {', '.join(THEME_WORDS)}")
    return word


def parse_profile(text: str) -> str:
    """The name of a profile, which is part of the name of its store."""
    if not re.fullmatch(PROFILE_NAME, text):
        raise ValueError("must be up to 32 letters, digits, - and _, the first of them no - or _")
    return text


def parse_days(text: str) -> int:
    """A number of days."""
    return _parse_number(text, 1, 36_500, "must be a whole number of days from 1 to 36500")


def parse_count(text: str) -> int:
    """A number of deliveries."""
    return _parse_number(text, 1, 10**9, "must be a whole number from 1")


def parse_size(text: str) -> int:
    """A number of bytes, with or without a unit."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if not LEAST_KEPT <= size <= MOST_KEPT:
        raise ValueError("must be a size from 1MB to 100TB, such as 500MB, 2GB or 1.5GiB")
    return size


def parse_log_level(text: str) -> str:
    """The lowest level of what is written to the log."""
    word = text.strip().lower()
    if word not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return word


def parse_headers(text: str) -> tuple[tuple[str, str], ...]:
    """HTTP headers, one a line, as `Name: value`."""
    lines = [line for line in text.splitlines() if line.strip()]
    return tuple(parse_header(line) for line in lines)


def parse_header(text: str) -> tuple[str, str]:
    """One HTTP header, as `Name: value`."""
    name, colon, value = text.partition(":")
    if not colon or not _HEADER_NAME.fullmatch(name.strip()) or not value.strip().isprintable():
        raise ValueError("must be HTTP headers such as `X-Name: value`")
    if name.strip().lower() in _OWN_HEADERS:
        raise ValueError(f"must not set {name.strip()}, which belongs to the connection")
    return name.strip(), value.strip()


def parse_backlog(text: str) -> int:
    """How many deliveries are sent without asking."""
    return _parse_number(text, 0, MOST_BACKLOG, "must be a whole number from 0")


def _parse_number(text: str, least: int, most: int, allowed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) <= most:
        raise ValueError(allowed)
    return int(text)
