"""Which texts are public addresses that Propexo could be given."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from receiver.arrival.route import WEBHOOK_PATH

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,39}\]")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

_NGROKS = (".ngrok-free.app", ".ngrok-free.dev", ".ngrok.app", ".ngrok.dev", ".ngrok.io")
AGENTS_API = "http://127.0.0.1:4040"
"""Where an agent that somebody else started has its local API, unless the port was taken."""


def is_ngroks(address: str) -> bool:
    """Whether a public address is one of ngrok's, so that an agent of ngrok leads to it."""
    return (urlsplit(address).hostname or "").endswith(_NGROKS)


def public_address(text: str) -> str | None:
    """Scheme and host of a public address, or None if it is not one.

    It has to be https, except on this machine itself. A path is accepted only if it is `/` or the
    receiver's route, since nothing else would arrive there; credentials, query and fragment never.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.netloc)
    if host is None or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    if parts.path.rstrip("/") not in {"", WEBHOOK_PATH}:
        return None
    if parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK):
        return f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")
    return None


def bare_domain(text: str | None) -> str | None:
    """A domain as people paste it (`https://name.ngrok-free.app/`) as a bare host name.

    Raises:
        ValueError: it is not the name of a host.
    """
    if text is None or not text.strip():
        return None
    name = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if not _HOST.fullmatch(name) or "." not in name:
        raise ValueError(text)
    return name


def _host(netloc: str) -> str | None:
    host = re.sub(r":\d*$", "", netloc.lower())
    return host if _HOST.fullmatch(host) else None
