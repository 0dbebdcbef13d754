"""The names of the diagnoses, and the order in which several of them are told."""

from __future__ import annotations

from enum import StrEnum, auto


class DiagnosisCode(StrEnum):
    """Why a signature did not match, or what is worth knowing of one that did.

    Each value is the member's name in lower case.
    """

    NO_SECRET = auto()
    MISSING_HEADER = auto()
    #: Another header carries a signature that fits.
    WRONG_HEADER = auto()
    #: The `test_signature` of the documentation.
    PLACEHOLDER = auto()
    MALFORMED = auto()
    #: More than one signature.
    AMBIGUOUS_HEADER = auto()
    MISSING_PREFIX = auto()
    UPPER_CASE = auto()
    BASE64_DIGEST = auto()
    WRONG_ALGORITHM = auto()
    #: A scheme that signs more than the body, such as ``t=…,v1=…``.
    OTHER_SCHEME = auto()
    #: Spaces, quotes, a line end or another wrapping around the secret.
    SECRET_WHITESPACE = auto()
    PREVIOUS_SECRET = auto()
    BODY_WHITESPACE = auto()
    BODY_LINE_ENDINGS = auto()
    BODY_RESERIALIZED = auto()
    BODY_ENCODING = auto()
    BODY_COMPRESSED = auto()
    UNKNOWN_SECRET = auto()


_TOLD_FIRST = (
    DiagnosisCode.NO_SECRET,
    DiagnosisCode.AMBIGUOUS_HEADER,
    DiagnosisCode.OTHER_SCHEME,
    DiagnosisCode.WRONG_HEADER,
    DiagnosisCode.PLACEHOLDER,
    DiagnosisCode.WRONG_ALGORITHM,
    DiagnosisCode.MALFORMED,
    DiagnosisCode.MISSING_PREFIX,
    DiagnosisCode.UPPER_CASE,
    DiagnosisCode.BASE64_DIGEST,
    DiagnosisCode.MISSING_HEADER,
    DiagnosisCode.SECRET_WHITESPACE,
    DiagnosisCode.BODY_COMPRESSED,
    DiagnosisCode.BODY_ENCODING,
    DiagnosisCode.BODY_RESERIALIZED,
    DiagnosisCode.BODY_LINE_ENDINGS,
    DiagnosisCode.BODY_WHITESPACE,
    DiagnosisCode.PREVIOUS_SECRET,
    DiagnosisCode.UNKNOWN_SECRET,
)
_RANK = {code: rank for rank, code in enumerate(_TOLD_FIRST)}


def in_order(codes: tuple[DiagnosisCode, ...]) -> tuple[DiagnosisCode, ...]:
    """The codes without repetition: the header's faults first, then the secret's, then the body's.

    That is the order in which a person puts them right. `previous_secret` and `unknown_secret` come
    last: the first is no reason for a refusal, the second says nothing that the others do not.
    """
    return tuple(sorted(dict.fromkeys(codes), key=_RANK.__getitem__))
