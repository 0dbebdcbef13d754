"""What ngrok's agent says in its log: the only place where it tells the truth.

A disconnected agent still lists its tunnel in its API as if it were up. Pure; the lines are
logfmt: ``t=… lvl=info msg="tunnel session started" obj=tunnels.session``.
"""

from __future__ import annotations

import re
from enum import Enum

_FIELD = re.compile(r'([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*"|\S*)')
_NOT_AN_ERROR = frozenset({"", "nil", "<nil>", "null"})
_UP = ("tunnel session started", "client session established")
_DOWN = (
    "session closed, starting reconnect loop",
    "failed to reconnect session",
    "heartbeat timeout, terminating session",
)


class Heard(Enum):
    """What a line of the log changed."""

    NOTHING = "nothing"
    LOST = "lost"
    BACK = "back"


def fields(line: str) -> dict[str, str]:
    """The fields of a line of logfmt; a quoted value without its quotes and escapes."""
    return {name: _unquoted(value) for name, value in _FIELD.findall(line)}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value.startswith('"'):
        return re.sub(r"\\(.)", lambda match: _plain(match[1]), value[1:-1])
    return value


def _plain(escaped: str) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(escaped, escaped)


class AgentLog:
    """Follows the log of one agent, line by line."""

    def __init__(self) -> None:
        self.said_anything = False
        self.session = False
        """Whether the agent is connected to ngrok's service."""
        self.inspector_url: str | None = None
        self.last_error: str | None = None
        """What the latest failure said, or None after success. Not redacted."""

    def read(self, line: str) -> Heard:
        """Takes one line in and says whether it changed the connection."""
        said = fields(line)
        message = said.get("msg", "")
        self.said_anything = True
        self._note_address(message, said)
        self._note_error(message, said)
        if any(phrase in message for phrase in _UP):
            return self._up()
        if any(phrase in message for phrase in _DOWN):
            return self._down()
        return Heard.NOTHING

    def _note_address(self, message: str, said: dict[str, str]) -> None:
        address = said.get("addr", "")
        if "starting web service" in message and re.fullmatch(r"[\w.:\[\]-]+", address):
            self.inspector_url = f"http://{address}"

    def _note_error(self, message: str, said: dict[str, str]) -> None:
        if said.get("obj") == "updater":
            # That it could not look for a newer version is never why there is no tunnel.
            return
        error = said.get("err", "")
        if error.strip() not in _NOT_AN_ERROR:
            self.last_error = error
        elif said.get("lvl", "") in {"eror", "error", "crit"} and message:
            self.last_error = message

    def _up(self) -> Heard:
        was_up, self.session = self.session, True
        self.last_error = None
        return Heard.NOTHING if was_up else Heard.BACK

    def _down(self) -> Heard:
        self.session = False
        return Heard.LOST
