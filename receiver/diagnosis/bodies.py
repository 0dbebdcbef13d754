"""What the sender may have signed, given the body that arrived: white space, line ends, encodings.

Each function takes the received bytes and yields what they may have been before something on the
way changed them, or what was signed in their place. Nothing here understands JSON.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes, unquote_to_bytes

from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.hypotheses import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AS_RECEIVED = "the body as received"
_SPACE = b" \t\r\n\v\f"
_BOM = b"\xef\xbb\xbf"
_LONGEST_NORMALIZED: Final = 16 * 1024
_MOST_MARKS: Final = 30
_LONGEST_FIELD_NAME: Final = 64
_FORM_FIELDS: Final = (b"payload", b"body", b"data", b"json")
_HEX_TEXT = re.compile(rb"[0-9A-Fa-f\s]+")


def spacing(body: bytes) -> Iterator[Message]:
    """White space or line ends added or removed at either end of the body."""
    codes = (DiagnosisCode.BODY_WHITESPACE,)
    for content, difference in _respaced(body):
        if content != body:
            yield Message(content, f"the body {difference}", codes)
    if not body.strip(_SPACE):
        return
    for tail, what in ((b"\n", "one line end"), (b"\r\n", "one Windows line end")):
        content = body.strip(_SPACE) + tail
        yield Message(content, f"the body with {what} in place of its white space", codes)


def _respaced(body: bytes) -> Iterator[tuple[bytes, str]]:
    last_line_end = b"\r\n" if body.endswith(b"\r\n") else b"\n"
    yield body.removesuffix(last_line_end), "without its last line end"
    yield body + b"\n", "with a line end after it"
    yield body + b"\r\n", "with a Windows line end after it"
    yield body.rstrip(_SPACE), "without the white space after it"
    yield body.lstrip(_SPACE), "without the white space in front of it"
    yield body.strip(_SPACE), "without the white space around it"
    yield body + b" ", "with a space after it"
    yield b" " + body, "with a space in front of it"
    yield b"\n" + body, "with a line end in front of it"
    yield b"\n" + body + b"\n", "with line ends around it"
    yield body + b"\n\n", "with two line ends after it"
    yield body + b"\t", "with a tab after it"
    yield body.rstrip(b"\0"), "without the zero bytes after it"
    yield body + b"\0", "with a zero byte after it"


def line_endings(body: bytes) -> Iterator[Message]:
    """Line ends converted between Windows, Unix and old Mac."""
    for content, difference in _relined(body):
        if content != body:
            yield Message(content, f"the body {difference}", (DiagnosisCode.BODY_LINE_ENDINGS,))


def line_endings_lost(body: bytes) -> Iterator[Message]:
    """No line ends at all, or others and white space besides."""
    joined = body.replace(b"\r", b"").replace(b"\n", b"")
    codes = (DiagnosisCode.BODY_LINE_ENDINGS,)
    if joined != body:
        yield Message(joined, "the body without any line end", codes)
    for content, difference in _relined(body):
        if content != body:
            for respaced in spacing(content):
                phrase = f"{respaced.phrase}, {difference}"
                yield Message(respaced.content, phrase, (*codes, *respaced.codes))


def _relined(body: bytes) -> tuple[tuple[bytes, str], ...]:
    unix = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return (
        (unix, "with Unix line ends (LF)"),
        (body.replace(b"\r\n", b"\n"), "with LF in place of CRLF"),
        (unix.replace(b"\n", b"\r\n"), "with Windows line ends (CRLF)"),
        (unix.replace(b"\n", b"\r"), "with CR as line ends"),
    )


def characters(body: bytes) -> Iterator[Message]:
    """Another character encoding, or a byte order mark."""
    return _encoded(body, _marked, _transcoded)


def transport(body: bytes) -> Iterator[Message]:
    """Escaped for transport, or no longer so: Base64, percent signs, forms, entities."""
    return _encoded(body, _escaped, _unescaped)


def _encoded(
    body: bytes, *producers: Callable[[bytes], Iterator[tuple[bytes, str]]]
) -> Iterator[Message]:
    for produce in producers:
        for content, difference in _attempted(produce, body):
            if content != body:
                yield Message(content, f"the body {difference}", (DiagnosisCode.BODY_ENCODING,))


def unwrapped(body: bytes) -> Iterator[Message]:
    """What is inside, where the body that arrived is a transport encoding of something."""
    return _encoded(body, _unescaped)


def mistakes(body: bytes) -> Iterator[Message]:
    """What a sender's code signs by mistake in place of the body."""
    codes = (DiagnosisCode.BODY_RESERIALIZED,)
    if body:
        yield Message(b"", "an empty body", codes, is_body=False)
    else:
        for content in (b"{}", b"[]", b"null", b'""'):
            yield Message(content, f"{content.decode()} in place of the empty body", codes)
    yield Message(b"[object Object]", "JavaScript's text [object Object]", codes, is_body=False)
    yield Message(repr(body).encode(), "Python's repr() of the body", codes)
    listed = ",".join(map(str, body))
    buffer = f'{{"type":"Buffer","data":[{listed}]}}'.encode()
    yield Message(buffer, "JSON.stringify of the Buffer that holds the body", codes)


def _attempted(
    produce: Callable[[bytes], Iterator[tuple[bytes, str]]], body: bytes
) -> Iterator[tuple[bytes, str]]:
    """What a producer yields until the body turns out not to be of its kind."""
    try:
        yield from produce(body)
    except (UnicodeError, binascii.Error, ValueError):
        return


def _marked(body: bytes) -> Iterator[tuple[bytes, str]]:
    if body.startswith(_BOM):
        bare = body.removeprefix(_BOM)
        yield bare, "without its byte order mark"
        yield bare.rstrip(_SPACE), "without its byte order mark and the white space after it"
    else:
        yield _BOM + body, "with a byte order mark"
        yield _BOM + body + b"\n", "with a byte order mark and a line end after it"


def _transcoded(body: bytes) -> Iterator[tuple[bytes, str]]:
    yield from _as_latin(body)
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield body.decode("utf-16").encode(), "in UTF-8 in place of UTF-16"
        return
    text = body.decode("utf-8")
    for encoding in ("utf-16-le", "utf-16-be", "utf-16"):
        yield text.encode(encoding), f"in {encoding.upper()}"
    if text.isascii():
        return
    yield text.encode("ascii", "replace"), "with question marks for what is not ASCII"
    yield text.encode("ascii", "ignore"), "without what is not ASCII"
    for form in ("NFC", "NFD") if _normalizable(text) else ():
        yield unicodedata.normalize(form, text).encode(), f"in Unicode normal form {form}"
    for encoding in ("latin-1", "cp1252"):
        yield text.encode(encoding, "replace"), f"in {encoding.upper()} with question marks"


def _normalizable(text: str) -> bool:
    """Whether normalizing is quick: it takes the square of the length of a run of marks."""
    marks = map(unicodedata.combining, text)
    runs = (sum(1 for _ in run) for is_mark, run in groupby(marks, bool) if is_mark)
    return len(text) <= _LONGEST_NORMALIZED and max(runs, default=0) <= _MOST_MARKS


def _as_latin(body: bytes) -> Iterator[tuple[bytes, str]]:
    """The confusions of UTF-8 with Latin-1 and its Windows variant, in both directions."""
    if body.isascii():
        return
    for encoding in ("latin-1", "cp1252"):
        name = "Latin-1" if encoding == "latin-1" else "Windows-1252"
        for source, target, difference in (
            ("utf-8", encoding, f"in {name} in place of UTF-8"),
            (encoding, "utf-8", f"in UTF-8, taking what arrived for {name}"),
        ):
            try:
                yield body.decode(source).encode(target), difference
            except UnicodeError:
                continue


def _escaped(body: bytes) -> Iterator[tuple[bytes, str]]:
    yield base64.b64encode(body), "in Base64"
    yield base64.urlsafe_b64encode(body), "in URL-safe Base64"
    yield body.hex().encode(), "in hexadecimal"
    plus = quote_from_bytes(body, safe=b" ").replace(" ", "+").encode()
    percent = quote_from_bytes(body, safe=b"").encode()
    #: encodeURIComponent of JavaScript leaves these as they are.
    component = quote_from_bytes(body, safe=b"!'()*").encode()
    for content in dict.fromkeys((percent, component)):
        yield content, "percent-encoded"
    yield plus, "form-encoded"
    for name in _FORM_FIELDS:
        yield name + b"=" + plus, "form-encoded as the value of a field"
        yield name + b"=" + body, "as the value of a form field"
    text = body.decode("utf-8")
    yield html.escape(text).encode(), "with HTML entities"
    yield html.escape(text, quote=False).encode(), "with HTML entities but for quotes"
    yield json.dumps(text).encode(), "as a JSON string (serialised twice)"
    yield json.dumps(text, ensure_ascii=False).encode(), "as a JSON string (serialised twice)"


def _unescaped(body: bytes) -> Iterator[tuple[bytes, str]]:
    if b"%" in body or b"+" in body:
        yield unquote_to_bytes(body), "with its percent signs decoded"
        yield unquote_to_bytes(body.replace(b"+", b" ")), "decoded from its form encoding"
    name, separator, value = body.partition(b"=")
    if separator and len(name) <= _LONGEST_FIELD_NAME and name.isalnum():
        yield value, "without the form field's name"
        first = value.partition(b"&")[0].replace(b"+", b" ")
        yield unquote_to_bytes(first), "taken out of its form field"
    if b"&" in body:
        yield html.unescape(body.decode("utf-8")).encode(), "with its HTML entities decoded"
    compact = b"".join(body.split())
    if compact and _HEX_TEXT.fullmatch(compact) and len(compact) % 2 == 0:
        yield bytes.fromhex(compact.decode("ascii")), "decoded from hexadecimal"
    if body.startswith(b'"'):
        inner = json.loads(body)
        if isinstance(inner, str):
            yield inner.encode(), "taken out of its JSON string"
    unified = compact.replace(b"-", b"+").replace(b"_", b"/")
    yield base64.b64decode(unified, validate=True), "decoded from Base64"
