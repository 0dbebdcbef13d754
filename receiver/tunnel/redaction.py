"""Foreign text made fit to keep: without secrets, control characters and line ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "(hidden)"
# ngrok quotes the token in its own error texts: "Your authtoken: 2abc…".
_QUOTED_TOKEN = re.compile(
    r"(auth-?token[\"']?[ \t]*[:=][ \t]*[\"']?)"
    rf"(?!https?://|ERR_NGROK_|{re.escape(HIDDEN)})[^\s\"',}}\\]+",
    re.IGNORECASE,
)
# The form of ngrok's tokens since 2021; an older or foreign form is caught by its value.
_TOKEN_FORM = re.compile(r"\b[0-9A-Za-z]{20,}_[0-9A-Za-z]{16,}\b")
_ESCAPED_LINE_END = re.compile(r"(?:\\r|\\n)+")
_SHORTEST_SECRET = 4
_SHORTEST_PREFIX = 12


class Redactor:
    """Removes the given secrets, and whatever has the form of a token, from a text."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Iterable[str | None]) -> None:
        known = {secret.strip() for secret in secrets if secret}
        # Longest first: a secret that contains another one must not leave a part behind.
        self._secrets = sorted(
            (secret for secret in known if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        """The text without them."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
            if len(secret) >= 2 * _SHORTEST_PREFIX:
                # A text that was cut short may end in the middle of the secret.
                text = re.sub(re.escape(secret[:_SHORTEST_PREFIX]) + r"\S*", HIDDEN, text)
        return _TOKEN_FORM.sub(HIDDEN, _QUOTED_TOKEN.sub(rf"\1{HIDDEN}", text))


def one_line(text: str, limit: int = 300) -> str:
    """A text as one printable line of at most `limit` characters.

    Line ends that the agent wrote as two characters (backslash, n) count as line ends.
    """
    text = _ESCAPED_LINE_END.sub(" ", text)
    printable = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
