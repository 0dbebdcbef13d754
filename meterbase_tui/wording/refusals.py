"""Why a request was refused, in so few words that a list can tell it at 80 columns. Pure.

The whole sentence is in the inspector. Beside these words stand the signature's verdict and, where
there is room, the status.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from receiver.diagnosis.codes import DiagnosisCode
from store.records import Verdict

if TYPE_CHECKING:
    from store.records import Delivery

_WORDS = {
    HTTPStatus.REQUEST_TIMEOUT: "body came too slowly",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "body is compressed",
}
BY_ADDRESS = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
"""What is told by the method and path that were called."""
_OPENINGS = {
    "It is no event of Propexo's: ": "",
    "It was not HTTP that can be read: ": "not HTTP: ",
    "The body is not JSON: ": "not JSON: ",
    "The body is ": "",
    "The body ": "body ",
    "A text in the body has ": "",
    "A number in the body ": "a number ",
    "A key ": "a key ",
}
"""How sentences of the receiver begin, and what is left of that: what differs comes first."""
_LONGEST = 200
_BRIEFLY = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"not JSON: .* at line 1, column (\d+)", r"not JSON: column \1"),
        (r"not JSON: .* at line (\d+), column \d+", r"not JSON: line \1"),
        (r"not UTF-8: byte (\d+) is wrong", r"not UTF-8: byte \1"),
        (r"nested more than (\d+) levels deep", r"nested more than \1 levels"),
        (r"body begins with a byte order mark.*", "body begins with a BOM"),
        (r"(\S+) is not a number that JSON knows", r"\1 is no JSON number"),
        (r"a number has more than .*", "a number of too many digits"),
        (r"a key occurs twice in one object", "a key occurs twice"),
        (r"the body must be a JSON object", "no JSON object"),
        (r"event must be 1 .*", "event is no event's name"),
        (r"timestamp must be an .*", "timestamp is not RFC 3339"),
        (r"timestamp is not a day .*", "timestamp is no real time"),
        (r"(\S+) must be a text that is not empty", r"\1 lacks a text"),
        (r"connection_id must be at most .*", "connection_id is unusable"),
        (r"body broke off after ([\d,]{1,5}) bytes: .*", r"body broke off after \1 B"),
        (r"body broke off after ([\d,]+) bytes: .*", r"broke off after \1 B"),
        (r"not HTTP: .{19,}", "not HTTP that can be read"),
    )
)
"""What is left of longer sentences in the 28 cells that a list of 80 columns has for them."""
_BESIDE_CODE: dict[str, str] = {
    DiagnosisCode.NO_SECRET: "none is configured",
    DiagnosisCode.MISSING_HEADER: "no signature came",
    DiagnosisCode.WRONG_HEADER: "in another header",
    DiagnosisCode.PLACEHOLDER: "test_signature",
    DiagnosisCode.MALFORMED: "not sha256=<hex>",
    DiagnosisCode.AMBIGUOUS_HEADER: "several signatures",
    DiagnosisCode.MISSING_PREFIX: "sha256= is missing",
    DiagnosisCode.UPPER_CASE: "must be lower case",
    DiagnosisCode.BASE64_DIGEST: "must be hex digits",
    DiagnosisCode.WRONG_ALGORITHM: "not HMAC-SHA256",
    DiagnosisCode.OTHER_SCHEME: "more than the body",
    DiagnosisCode.SECRET_WHITESPACE: "wrapping differs",
    DiagnosisCode.PREVIOUS_SECRET: "it is still in use",
    DiagnosisCode.BODY_WHITESPACE: "changed afterwards",
    DiagnosisCode.BODY_LINE_ENDINGS: "changed afterwards",
    DiagnosisCode.BODY_RESERIALIZED: "parsed, rewritten",
    DiagnosisCode.BODY_ENCODING: "signed in another",
    DiagnosisCode.BODY_COMPRESSED: "only on one side",
    DiagnosisCode.UNKNOWN_SECRET: "likely another one",
}
"""What more there is to say of a cause in the 18 cells that it always has beside it."""
_SEVERAL = re.compile(r"\w+ things are wrong at once\.")


def describe_refusal(delivery: Delivery) -> str:
    """Why a delivery was refused; of another path or method, what was called.

    Returns:
        Visible text. A cause that was found for a signature takes 22 cells at most.
    """
    if delivery.status in BY_ADDRESS:
        return f"{visible(delivery.method, 10)} {visible(delivery.path, _LONGEST)}"
    if delivery.diagnosis:
        return visible(delivery.diagnosis.replace("_", " "), _LONGEST)
    if delivery.requests > 1:
        return "a flood; one is kept"
    if delivery.status in _WORDS:
        return _WORDS[HTTPStatus(delivery.status)]
    if delivery.explanation:
        return visible(_shorten(delivery.explanation), _LONGEST)
    return "cause not found yet" if delivery.verdict is not Verdict.VALID else ""


def describe_refusal_briefly(delivery: Delivery) -> str:
    """The same in 28 cells at most, for where the whole has no room; empty where there is less."""
    told = describe_refusal(delivery)
    for pattern, words in _BRIEFLY:
        if found := pattern.fullmatch(told):
            return found.expand(words)
    return ""


def describe_cause_briefly(delivery: Delivery) -> str:
    """The explanation of a signature that failed, in 18 cells that stand beside its diagnosis.

    Empty while the cause was not found, or where it is none that this version knows.
    """
    if _SEVERAL.match(delivery.explanation or ""):
        return "and more is wrong"
    return _BESIDE_CODE.get(delivery.diagnosis or "", "")


def describe_refused_state(delivery: Delivery) -> str:
    """What became of it: in a word that says what is wrong, where one does."""
    if delivery.status == HTTPStatus.NOT_FOUND:
        return "wrong path"
    if delivery.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return "wrong method"
    return "refused"


def _shorten(sentence: str) -> str:
    for opening, rest in _OPENINGS.items():
        if sentence.startswith(opening):
            return rest + sentence.removeprefix(opening).removesuffix(".")
    return sentence.removesuffix(".")
