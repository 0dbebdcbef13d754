"""Why a request was refused, in so few words that a list can tell it at 80 columns. Pure.

The whole sentence is in the inspector. Beside these words stand the signature's verdict and, where
there is room, the status.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from store.records import Verdict

if TYPE_CHECKING:
    from store.records import Delivery

_WORDS = {
    HTTPStatus.REQUEST_TIMEOUT: "body came too slowly",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "body is compressed",
}
_BY_ADDRESS = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
_OPENINGS = {
    "It is no event of Propexo's: ": "",
    "It was not HTTP that can be read: ": "not HTTP: ",
    "The body is not JSON: ": "not JSON: ",
    "The body is ": "",
    "The body ": "body ",
    "A text in the body has ": "",
}
"""How sentences of the receiver begin, and what is left of that: what differs comes first."""
_LONGEST = 200


def describe_refusal(delivery: Delivery) -> str:
    """Why a delivery was refused; of another path or method, what was called.

    Returns:
        Visible text. A cause that was found for a signature takes 22 cells at most.
    """
    if delivery.status in _BY_ADDRESS:
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
    return sentence
