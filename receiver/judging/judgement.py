"""What a request deserves: its verdict, its answer, and the event in it. Pure.

The order is the promise: nothing of the body is interpreted before its signature was checked, so a
stranger learns nothing but 401.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from receiver.judging.envelope import InvalidEnvelopeError, read_envelope
from receiver.judging.signing import verify
from receiver.judging.strict_json import InvalidJsonError, read
from store.records import Verdict

if TYPE_CHECKING:
    from receiver.judging.signing import Secrets
    from store.records import EventFacts, Headers


class Judgement(NamedTuple):
    """How to answer a request whose body was read. A tuple: one is made for every request."""

    status: int
    verdict: Verdict
    error: str | None = None
    """The code of the answer; None when it is accepted."""
    detail: str | None = None
    """A sentence for the answer; only a signed sender gets one."""
    explanation: str | None = None
    """A sentence for the owner's screen."""
    facts: EventFacts | None = None


def judge(headers: Headers, body: bytes, secrets: Secrets) -> Judgement:
    """Judges a request to the route; no header and no body makes it raise."""
    verdict = verify(headers, body, secrets)
    if verdict is not Verdict.VALID:
        return Judgement(401, verdict, "invalid_signature")
    encoding = _content_encoding(headers)
    if encoding not in (b"", b"identity"):
        return Judgement(
            415,
            verdict,
            "unsupported_encoding",
            explanation=f"The body came with Content-Encoding {encoding[:40]!r}; "
            "the sender must not compress it.",
        )
    try:
        facts = read_envelope(*read(body))
    except InvalidJsonError as error:
        return Judgement(400, verdict, "invalid_json", explanation=str(error))
    except InvalidEnvelopeError as error:
        return Judgement(
            400,
            verdict,
            "invalid_envelope",
            detail=str(error),
            explanation=f"It is no event of Propexo's: {error}.",
        )
    return Judgement(200, verdict, facts=facts)


def _content_encoding(headers: Headers) -> bytes:
    values = [value.strip().lower() for name, value in headers if name.lower() == _ENCODING]
    return b", ".join(value for value in values if value)


_ENCODING = b"content-encoding"
