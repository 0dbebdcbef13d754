"""Reads HTTP answers off a connection: as little as a load generator has to."""

from __future__ import annotations

from dataclasses import dataclass

_HEAD_END = b"\r\n\r\n"


class BadAnswerError(Exception):
    """What came is no answer that can be measured; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole."""

    status: int
    closes: bool
    """Whether the server closes the connection after it."""


class AnswerReader:
    """Puts together what one connection brings, one answer at a time."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Answer | None:
        """Takes in what was read; gives the answer once it is whole.

        Raises:
            BadAnswerError: it has no length, or more came than was asked for.
        """
        self._buffer += data
        head_end = self._buffer.find(_HEAD_END)
        if head_end < 0:
            return None
        head = self._buffer[:head_end].lower()
        missing = head_end + len(_HEAD_END) + _length(head) - len(self._buffer)
        if missing > 0:
            return None
        if missing < 0:
            raise BadAnswerError("more than one answer to a request")
        self._buffer = b""
        return Answer(int(head[9:12]), b"\r\nconnection: close" in head)


def _length(head: bytes) -> int:
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        raise BadAnswerError("an answer without a Content-Length")
    return int(head[at + 17 :].split(b"\r", 1)[0])
