"""The log as HAR 1.2, for browsers and proxies.

As http://www.softwareishard.com/blog/har-12-spec/ says it. What it has no place for stands in
fields that begin with an underscore, as it asks.
"""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from meterbase_tui.exports.json_fields import encode, instant
from meterbase_tui.version import PROGRAM, program_version

if TYPE_CHECKING:
    from store.records import Content, Delivery, Headers, Json

FOOT = "]}}"


def head(*, redacted: bool) -> str:
    """What stands before the entries, which are parted by commas; `FOOT` ends the document."""
    creator = {"name": PROGRAM, "version": program_version()}
    if redacted:
        creator["comment"] = "People's data is masked."
    document = encode({"log": {"version": "1.2", "creator": creator, "entries": []}})
    return document.removesuffix(FOOT)


def entry(delivery: Delivery, content: Content) -> str:
    """A delivery as an entry."""
    took = -1 if delivery.ack_ms is None else delivery.ack_ms
    return encode(
        {
            "startedDateTime": instant(delivery.received_at),
            "time": max(0, took),
            "request": _request(delivery, content),
            "response": _response(delivery),
            "cache": {},
            "timings": {"send": 0, "wait": max(0, took), "receive": 0},
            "_delivery_id": delivery.id,
            "_event_id": delivery.event_id,
            "_origin": delivery.origin.value,
            "_verdict": delivery.verdict.value,
            "_diagnosis": delivery.diagnosis,
            "_body_complete": content.complete,
        }
    )


def _request(delivery: Delivery, content: Content) -> Json:
    url = _url(delivery, content.headers)
    request: dict[str, Json] = {
        "method": delivery.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [
            {"name": _text(name), "value": _text(value)} for name, value in content.headers
        ],
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(delivery.path.partition("?")[2], keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": delivery.size,
    }
    if content.body:
        request["postData"] = _post_data(content)
    return request


def _post_data(content: Content) -> Json:
    kind = _header(content.headers, b"content-type") or "application/octet-stream"
    try:
        return {"mimeType": kind, "text": content.body.decode("utf-8")}
    except UnicodeDecodeError:
        return {
            "mimeType": kind,
            "text": base64.b64encode(content.body).decode("ascii"),
            "_encoding": "base64",
        }


def _response(delivery: Delivery) -> Json:
    try:
        phrase = HTTPStatus(delivery.status).phrase
    except ValueError:
        phrase = ""
    return {
        "status": delivery.status,
        "statusText": phrase,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": "application/json"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _url(delivery: Delivery, headers: Headers) -> str:
    host = _header(headers, b"host") or "localhost"
    url = f"http://{host}{delivery.path if delivery.path.startswith('/') else '/'}"
    try:
        urlsplit(url)
    except ValueError:
        return f"http://localhost{delivery.path}"
    return url


def _header(headers: Headers, wanted: bytes) -> str | None:
    return next((_text(value) for name, value in headers if name.lower() == wanted), None)


def _text(part: bytes) -> str:
    return part.decode("utf-8", "backslashreplace")
