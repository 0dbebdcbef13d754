"""Addresses as settings: hosts, domains and URLs, and whether one leads into a private network.

Every function `parse_…` raises `ValueError` with a phrase that completes "METERBASE_HOST …".
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from receiver.tunnel.addresses import bare_domain, public_address

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_NUMERIC = re.compile(r"[0-9.]+")
_LOCAL_NETWORKS = tuple(
    ip_network(block)
    for block in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7",
    )
)  # fmt: skip
"""Loopback, RFC 1918 and RFC 4193. Link-local is left out: clouds keep credentials there."""


def parse_host(text: str) -> str:
    """An IP address or the name of a host, without a port."""
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if _is_address(host) or (_HOST_NAME.fullmatch(host) and not _NUMERIC.fullmatch(host)):
        return host
    raise ValueError("must be an IP address or the name of a host, without a port")


def parse_domain(text: str) -> str:
    """A domain of the ngrok account."""
    try:
        domain = bare_domain(text)
    except ValueError:
        domain = None
    if domain is None:
        raise ValueError("must be a domain such as name.ngrok-free.app")
    return domain


def parse_public_url(text: str) -> str:
    """A public address that the user already has."""
    address = public_address(text)
    if address is None:
        raise ValueError(
            "must be an address such as https://example.com, without credentials, query or a path "
            "other than the receiver's"
        )
    return address


def parse_http_url(text: str) -> str:
    """An http or https address, without credentials: they would be shown with it."""
    url = text.strip()
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or a password")
    if not url.isprintable() or " " in url:
        raise ValueError("must not hold spaces or control characters")
    return url


def is_local(url: str) -> bool:
    """Whether a parsed address leads to this machine or into a private network for certain.

    A name other than localhost proves nothing: what it resolves to is decided by others, and may
    change.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in _LOCAL_NETWORKS)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is read only when asked for, and raises then
    except ValueError:
        return None
    return parts


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
