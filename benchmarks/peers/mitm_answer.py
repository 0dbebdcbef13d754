"""For `mitmdump -s`: answers by itself, so that no other server's time is in the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mitmproxy import http

if TYPE_CHECKING:
    from mitmproxy.http import HTTPFlow


def request(flow: HTTPFlow) -> None:
    """Answers as a receiver that has taken a delivery."""
    flow.response = http.Response.make(
        200, b'{"status": "accepted"}', {"Content-Type": "application/json"}
    )
