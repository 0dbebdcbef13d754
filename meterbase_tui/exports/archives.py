r"""The log as a file: JSON lines that `import` reads back byte for byte.

The first line says what it is; every other is a delivery, oldest first. A body that is not UTF-8
stands in base64, and so do headers that are not. The signing secret is in none of them.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meterbase_tui.exports.json_fields import delivery_fields, encode, instant
from receiver.contents.personal_data import (
    mask_body,
    mask_headers,
    mask_path,
    mask_text,
    people_in_body,
)
from receiver.judging.strict_json import InvalidJsonError, parse
from store.records import Content, Delivery, Headers, Origin, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.records import Json

FORMAT = "meterbase-tui log"
VERSION = 1
_MOST_REQUESTS = 1_000_000_000
"""Refused within a second or so; sums of them stay numbers that the store can hold."""


class ArchiveError(ValueError):
    """A line that is not one of an export; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """A delivery as an export has it."""

    id: int
    """The number that it had where it was exported."""
    received_at: datetime
    origin: Origin
    replay_of: int | None
    method: str
    path: str
    status: int
    verdict: Verdict
    diagnosis: str | None
    explanation: str | None
    ack_ms: float | None
    accepted: bool
    content: Content
    requests: int = 1


def head_line(exported_at: datetime, *, redacted: bool) -> str:
    """The first line of an export."""
    return encode(
        {
            "type": "export",
            "format": FORMAT,
            "version": VERSION,
            "exported_at": instant(exported_at),
            "redacted": redacted,
        }
    )


def delivery_line(delivery: Delivery, content: Content) -> str:
    """A delivery as one line."""
    return encode(
        {"type": "delivery"}
        | delivery_fields(delivery)
        | {"body_sha256": content.body_sha256.hex()}
        | _headers_fields(content.headers)
        | _text_or_base64("body", content.body)
    )


def redact(delivery: Delivery, content: Content) -> tuple[Delivery, Content]:
    """The same with people's data masked, and with headers of credentials.

    A name that the body gives in a person's field is masked wherever else it stands. Size and
    checksum are of what is masked: the true checksum would confirm a guess.
    """
    names = people_in_body(content.body)
    body = mask_body(content.body) if content.body else b""
    cut = 0 if content.complete else content.size - len(content.body)
    explanation = delivery.explanation and mask_text(delivery.explanation, names)
    return (
        replace(delivery, path=mask_path(delivery.path, names), explanation=explanation),
        Content(
            mask_headers(content.headers, names),
            body,
            len(body) + cut,
            hashlib.sha256(body).digest(),
        ),
    )


def read_head(line: bytes) -> None:
    """Checks the first line of an export.

    Raises:
        ArchiveError: it is none, it is of a newer version, or what is in it was masked.
    """
    fields = _parse(line)
    if fields.get("type") != "export" or fields.get("format") != FORMAT:
        raise ArchiveError("This is no log that `meterbase-tui export` has written.")
    if fields.get("version") != VERSION:
        raise ArchiveError("It was written by a newer meterbase-tui. Upgrade this one.")
    if fields.get("redacted") is not False:
        raise ArchiveError(
            "It was exported with --redact, so its bodies are not those that were signed. Export "
            "the log without it to move it."
        )


def read_delivery(line: bytes) -> Record:
    """A delivery of an export.

    Raises:
        ArchiveError: a field is missing or makes no sense, or the body is not the one exported.
    """
    fields = _parse(line)
    try:
        if fields["type"] != "delivery":
            raise ArchiveError("It is no delivery.")
        return _record(fields)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"A field is missing or makes no sense: {error}.") from None


def _record(fields: Mapping[str, Any]) -> Record:
    received_at = datetime.fromisoformat(fields["received_at"])
    if received_at.tzinfo is None:
        raise ArchiveError("Its received_at has no zone.")
    content = Content(
        _read_headers(fields),
        _read_bytes(fields, "body"),
        _number(fields["size"]),
        bytes.fromhex(fields["body_sha256"]),
    )
    if len(content.body) > content.size or len(content.body_sha256) != 32:  # noqa: PLR2004
        raise ArchiveError("Its size or its checksum cannot be right.")
    if content.complete and hashlib.sha256(content.body).digest() != content.body_sha256:
        raise ArchiveError("Its body does not match its checksum: the file was changed.")
    accepted = fields["event_id"] is not None
    if accepted and not content.complete:
        raise ArchiveError("It was accepted, and its body is not whole.")
    return Record(
        id=_number(fields["id"]),
        received_at=received_at,
        origin=Origin(fields["origin"]),
        replay_of=None if fields["replay_of"] is None else _number(fields["replay_of"]),
        method=_text(fields["method"]),
        path=_text(fields["path"]),
        status=_number(fields["status"]),
        verdict=Verdict(fields["verdict"]),
        diagnosis=_text_or_none(fields["diagnosis"]),
        explanation=_text_or_none(fields["explanation"]),
        ack_ms=None if fields["ack_ms"] is None else float(fields["ack_ms"]),
        accepted=accepted,
        content=content,
        requests=_requests(fields.get("requests", 1)),  # older exports know nothing of floods
    )


def _parse(line: bytes) -> dict[str, Json]:
    try:
        value = parse(line)
    except InvalidJsonError as error:
        raise ArchiveError(str(error)) from None
    if not isinstance(value, dict):
        raise ArchiveError("It is no JSON object.")
    return value


def _headers_fields(headers: Headers) -> dict[str, Json]:
    try:
        return {"headers": [[part.decode("utf-8") for part in header] for header in headers]}
    except UnicodeDecodeError:
        encoded = [[base64.b64encode(part).decode("ascii") for part in each] for each in headers]
        return {"headers": None, "headers_base64": encoded}


def _read_headers(fields: Mapping[str, Any]) -> Headers:
    if fields["headers"] is None:
        pairs = [
            [base64.b64decode(part, validate=True) for part in pair]
            for pair in fields["headers_base64"]
        ]
    else:
        pairs = [[part.encode("utf-8") for part in pair] for pair in fields["headers"]]
    if any(b"\n" in part or b"\r" in part for pair in pairs for part in pair):
        raise ArchiveError("A header has more than one line.")
    return tuple((name, value) for name, value in pairs)


def _text_or_base64(name: str, content: bytes) -> dict[str, Json]:
    try:
        return {name: content.decode("utf-8")}
    except UnicodeDecodeError:
        return {name: None, f"{name}_base64": base64.b64encode(content).decode("ascii")}


def _read_bytes(fields: Mapping[str, Any], name: str) -> bytes:
    text = fields[name]
    if text is None:
        return base64.b64decode(fields[f"{name}_base64"], validate=True)
    return _text(text).encode("utf-8")


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 62:
        raise ArchiveError(f"{json.dumps(value)[:40]} is no number that can stand there.")
    return value


def _requests(value: object) -> int:
    if not 1 <= (count := _number(value)) <= _MOST_REQUESTS:
        raise ArchiveError(f"Nobody counted {count:,} requests.")
    return count


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ArchiveError(f"{json.dumps(value)[:40]} is no text.")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
