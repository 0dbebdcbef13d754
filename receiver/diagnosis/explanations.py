"""What every diagnosis means and what to do about it, in words: one table.

The reference documentation is made from it, and so are the explanations on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from receiver.diagnosis.codes import DiagnosisCode

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words for a diagnosis; each is one or more whole sentences."""

    cause: str
    cure: str
    proof: str
    """What must be so for the diagnosis to be said."""


_FITS = "A digest recomputed over the body in another form is the one received."

EXPLANATIONS: Final[Mapping[DiagnosisCode, Explanation]] = MappingProxyType(
    {
        DiagnosisCode.NO_SECRET: Explanation(
            "No signing secret is configured, so no signature can be checked.",
            "Set PROPEXO_WEBHOOK_SECRET in .env to the signing secret that the Propexo dashboard "
            "shows for this endpoint.",
            "The settings hold no secret.",
        ),
        DiagnosisCode.MISSING_HEADER: Explanation(
            "The request has no X-Propexo-Signature header, and no other header holds a signature "
            "that fits.",
            "Let the sender add X-Propexo-Signature: sha256= and the HMAC-SHA256 of the body in "
            "lower-case hexadecimal digits; if it does, look for a proxy that drops the header.",
            "The header is absent.",
        ),
        DiagnosisCode.WRONG_HEADER: Explanation(
            "The signature came in another header than X-Propexo-Signature.",
            "Name the header X-Propexo-Signature at the sender, or let the proxy in front of this "
            "receiver rename it.",
            "A recomputed digest is the one in the other header.",
        ),
        DiagnosisCode.PLACEHOLDER: Explanation(
            "The header holds test_signature, the placeholder of the documentation's curl example; "
            "nothing was signed.",
            "Put the output of `meterbase-tui sign FILE` into the header, or let `meterbase-tui "
            "send` sign and send the request.",
            "The header's value is the placeholder.",
        ),
        DiagnosisCode.MALFORMED: Explanation(
            "The header's value is not sha256= and 64 lower-case hexadecimal digits.",
            "Send exactly sha256= and the digest, without quotes, spaces or anything after it.",
            "The header's value has another form.",
        ),
        DiagnosisCode.AMBIGUOUS_HEADER: Explanation(
            "The request carries more than one signature, and the receiver does not choose.",
            "Send X-Propexo-Signature once; look for a proxy or middleware that adds its own.",
            "There is more than one header, or more than one signature in it.",
        ),
        DiagnosisCode.MISSING_PREFIX: Explanation(
            "The digest does not have sha256= in front of it.",
            "Write sha256= directly in front of the hexadecimal digits.",
            "The header's value is a digest without the prefix.",
        ),
        DiagnosisCode.UPPER_CASE: Explanation(
            "The signature is written in upper case; the published form is lower case.",
            "Write the prefix and the hexadecimal digits in lower case.",
            "The header's value has upper-case letters where the published form has lower case.",
        ),
        DiagnosisCode.BASE64_DIGEST: Explanation(
            "The digest is written in Base64; the published form is hexadecimal.",
            "Write the digest as 64 lower-case hexadecimal digits: hexdigest() in place of "
            "digest() with Base64, digest('hex') in Node.js.",
            "The header's value is the Base64 text of a digest.",
        ),
        DiagnosisCode.WRONG_ALGORITHM: Explanation(
            "The signature was not made with HMAC-SHA256.",
            "Compute HMAC-SHA256 with the secret as the key and the body as the message.",
            "A digest recomputed in another way is the one received, or the header names another "
            "algorithm.",
        ),
        DiagnosisCode.OTHER_SCHEME: Explanation(
            "The signature follows another scheme, one that signs more than the body.",
            "Sign the body alone and send sha256= and the digest; check that the request comes "
            "from Propexo and not from another service.",
            "A digest recomputed as the other scheme does is the one received, or the header's "
            "value has that scheme's form.",
        ),
        DiagnosisCode.SECRET_WHITESPACE: Explanation(
            "The secret here and the sender's differ only by what surrounds or encodes it.",
            "Give both sides exactly the same secret, without white space, quotes or a line end "
            "around it.",
            "The digest under the other spelling of the configured secret is the one received.",
        ),
        DiagnosisCode.PREVIOUS_SECRET: Explanation(
            "The sender still signs with the previous secret.",
            "Give the sender the new secret; keep PROPEXO_WEBHOOK_SECRET_PREVIOUS set until then.",
            "The digest under the previous secret is the one received.",
        ),
        DiagnosisCode.BODY_WHITESPACE: Explanation(
            "White space or a line end was added to the body, or removed from it, after it was "
            "signed.",
            "Sign and send the same bytes: with curl use --data-binary, because -d removes line "
            "ends; with echo use -n, because it adds one.",
            _FITS,
        ),
        DiagnosisCode.BODY_LINE_ENDINGS: Explanation(
            "The line ends of the body were converted or removed after it was signed.",
            "Send the file as it was signed: with curl use --data-binary; look for a text-mode "
            "read or Git's autocrlf.",
            _FITS,
        ),
        DiagnosisCode.BODY_RESERIALIZED: Explanation(
            "What was signed is not the text that was sent: the body was parsed and written again.",
            "Sign the very bytes that are sent, and let no proxy or middleware between sender and "
            "receiver parse the body and write it again.",
            _FITS,
        ),
        DiagnosisCode.BODY_ENCODING: Explanation(
            "The body was signed in another encoding than the one it arrived in.",
            "Encode the body once, as UTF-8 without a byte order mark, and sign and send those "
            "bytes.",
            _FITS,
        ),
        DiagnosisCode.BODY_COMPRESSED: Explanation(
            "Compression lies between the bytes that were signed and the bytes that arrived.",
            "Send the body uncompressed and sign what is sent; switch compression off in the "
            "sender or the proxy.",
            "A digest recomputed over the compressed or decompressed body is the one received.",
        ),
        DiagnosisCode.UNKNOWN_SECRET: Explanation(
            "No explanation that was tried fits: most likely the sender signs with another secret.",
            "Compare PROPEXO_WEBHOOK_SECRET in .env with the signing secret that the Propexo "
            "dashboard shows for this endpoint.",
            "None: it is what remains.",
        ),
    }
)


def explain(code: DiagnosisCode) -> tuple[str, str]:
    """The cause and the cure that a code stands for, as sentences without anything secret."""
    explanation = EXPLANATIONS[code]
    return explanation.cause, explanation.cure
