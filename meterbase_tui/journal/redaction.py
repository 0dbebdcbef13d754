"""What must not stand in the log: secrets by their value, and credentials by their form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from receiver.tunnel.redaction import HIDDEN, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.settings import Settings

_CREDENTIAL = re.compile(
    r"(?P<name>\b(?:proxy-)?authorization|\b(?:x-)?api[-_]?key|\b(?:set-)?cookie)"
    r"(?P<between>[\"']?\s*[:=,]\s*(?:b(?=[\"']))?[\"']?(?:(?:bearer|basic|token)\s+)?)[^\s\"',;)}\]]+",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?<=//)[^/\s:@]{1,200}:[^/\s@]{1,200}(?=@)")


class Concealer:
    """Takes secrets out of texts. Those of other settings may be added at any time."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._redact = Redactor(())

    def add(self, settings: Settings) -> None:
        """Hides what is secret in these settings, from now on. May be called from any thread."""
        self._known |= frozenset(_secrets(settings))
        self._redact = Redactor(self._known)

    def __call__(self, text: str) -> str:
        """The text without them."""
        text = _CREDENTIAL.sub(rf"\g<name>\g<between>{HIDDEN}", self._redact(text))
        return _IN_ADDRESS.sub(HIDDEN, text)


def _secrets(settings: Settings) -> Iterator[str]:
    for secret in (settings.secret, settings.previous_secret):
        if secret is not None:
            yield from _spellings(secret.decode("utf-8", "surrogateescape"))
    headers = [*settings.forward_headers]
    for target in settings.forward_targets:
        headers += target.headers
    values = [value for _, value in headers]
    for text in (settings.api_key, settings.ngrok_authtoken, *values):
        if text is not None:
            yield from _spellings(text)


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it is, and as Python quotes it in the text of an error."""
    yield secret
    yield ascii(secret)[1:-1]
    yield repr(secret.encode("utf-8", "surrogateescape"))[2:-1]
