"""What may have gone wrong, as values: another message, another key, another form of the header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from receiver.diagnosis.codes import DiagnosisCode


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, with what can be said of it beyond its general explanation."""

    code: DiagnosisCode
    remark: str = ""
    """A sentence on this very case. It quotes nothing that came from outside."""


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes that the sender may have signed in place of the body that arrived."""

    content: bytes = field(repr=False)
    phrase: str
    """A noun phrase for a sentence: "the body without its last line end"."""
    codes: tuple[DiagnosisCode, ...] = ()
    is_body: bool = True
    """Whether it is a form of the body, so that the two can be compared byte by byte."""


@dataclass(frozen=True, slots=True)
class Key:
    """Bytes that the sender may have used as the secret. Never shown."""

    material: bytes = field(repr=False)
    phrase: str
    """A noun phrase for a sentence: "the secret without the quotes around it"."""
    codes: tuple[DiagnosisCode, ...] = ()
    remedy: str = ""
    """What to do about the difference; replaces the general cure of its code."""
