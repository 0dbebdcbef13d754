"""Masks people's data: names, e-mail addresses and phone numbers, for screens and files to share.

What the bill depends on stays: ids, unit numbers, dates, counts, square feet and statuses.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from receiver.judging.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from store.records import Headers, Json

Names: TypeAlias = frozenset[str]

MASK = "•••"
_SHORTEST = 3
_WORD = re.compile(r"\w+")
_CREDENTIALS = frozenset({b"authorization", b"proxy-authorization", b"cookie", b"set-cookie"})
_PERSONAL = re.compile(
    r"(?:^|_)(?:resident_name|tenant_name|first_name|last_name|full_name|middle_name|surname|"
    r"email|e_mail|mail|phone|mobile|fax|ssn|birth_?date|date_of_birth|dob|emergency_contact|"
    r"guarantor|contact)(?:_\d+|_address|_number|s)?$"
)
_NAMES_OF_PEOPLE = frozenset({"resident", "residents", "tenant", "tenants", "occupants", "contacts",
                              "guarantors", "people", "applicants"})  # fmt: skip
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d[\d ().-]{7,16}\d|\(\d{3}\) ?\d{3}[ .-]?\d{4}|\d{3}[ .-]\d{3}[ .-]\d{4})"
    r"(?![\w-])"
)


def mask_json(value: Json, *, resource_type: str | None = None, names: Names = frozenset()) -> Json:
    """A copy of a value in which people's data is masked, by the names of fields and by form.

    Args:
        value: a payload, or a part of one.
        resource_type: of the payload; `name` of a resident is a person's, of a property is not.
        names: of `people_in`, to be masked wherever a text says them.
    """
    masked: Json = _mask(value, names, people=_resource_type(value, resource_type) == "resident")
    return masked


def mask_json_at(
    path: Sequence[str],
    value: Json,
    *,
    resource_type: str | None = None,
    names: Names = frozenset(),
) -> Json:
    """A part of a payload, masked as it would be in its place.

    Args:
        path: the names of the fields that lead to it, and the places in lists.
        value: what stands there.
        resource_type: as for `mask_json`.
        names: as for `mask_json`.
    """
    wrapped = value
    for step in reversed(path):
        wrapped = {step: wrapped}
    masked = mask_json(wrapped, resource_type=resource_type, names=names)
    for step in path:
        if not isinstance(masked, dict):
            break  # an object further out was masked as a whole
        masked = masked[step]
    return masked


def people_in(value: Json, *, resource_type: str | None = None) -> Names:
    """What a payload calls people: the texts that are masked by the name of their field.

    Those below three characters are left out.
    """
    people = _resource_type(value, resource_type) == "resident"
    return worth_masking(_people(value, people=people))


def worth_masking(texts: Iterable[str]) -> Names:
    """Those that can be masked wherever they stand: the shortest would be found in anything."""
    return frozenset(text for text in texts if len(text) >= _SHORTEST)


def mask_text(text: str, names: Names = frozenset()) -> str:
    """A text in which e-mail addresses, phone numbers and these names are masked."""
    if names:
        text = _mask_names(text, _by_first_word(names))
    return _PHONE.sub(MASK, _EMAIL.sub(MASK, text))


def mask_path(path: str, names: Names = frozenset()) -> str:
    """The path of a request, masked as it reads; it stays as it was sent if nobody is in it."""
    plain = unquote(path)
    masked = mask_text(plain, names)
    return path if masked == plain else masked


def mask_body(body: bytes, names: Names = frozenset()) -> bytes:
    """A body with people's data masked: JSON stays JSON, any other text is masked by form.

    A name that the body gives in a person's field is masked wherever else it stands.

    Bytes that are no UTF-8 are masked as the text that they nearly are.
    """
    try:
        value = parse(body)
    except InvalidJsonError:
        return mask_text(body.decode("utf-8", "replace"), names).encode("utf-8")
    return write_masked(value, names | people_in(value))


def people_in_body(body: bytes) -> Names:
    """What `people_in` finds in a body; nobody where it is no JSON."""
    try:
        return people_in(parse(body))
    except InvalidJsonError:
        return frozenset()


def write_masked(value: Json, names: Names = frozenset()) -> bytes:
    """A parsed body with people's data masked, and these names in every text."""
    return json.dumps(mask_json(value, names=names), ensure_ascii=False, indent=2).encode("utf-8")


def mask_headers(headers: Headers, names: Names = frozenset()) -> Headers:
    """Headers without credentials and people's data."""
    return tuple((name, _mask_header(name, value, names)) for name, value in headers)


def is_personal(name: str, *, people: bool = False) -> bool:
    """Whether a field of that name holds a person's data.

    Args:
        name: of the field.
        people: whether it belongs to a person's record, where `name` is theirs.
    """
    lower = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")
    return bool(_PERSONAL.search(lower)) or (people and lower in ("name", "display_name"))


@lru_cache(maxsize=4)
def _by_first_word(names: Names) -> dict[str, re.Pattern[str]]:
    """What finds the names that begin with a word: thousands in one pattern would take minutes."""
    by_word: dict[str, list[str]] = {}
    for name in names:
        if first := _WORD.search(name):
            by_word.setdefault(first[0].lower(), []).append(re.escape(name[first.start() :]))
    return {
        # The longest first, so that no part of a name is left.
        word: re.compile(
            rf"(?:{'|'.join(sorted(rests, key=len, reverse=True))})(?!\w)", re.IGNORECASE
        )
        for word, rests in by_word.items()
    }


def _mask_names(text: str, names: dict[str, re.Pattern[str]]) -> str:
    parts: list[str] = []
    end = 0
    for word in _WORD.finditer(text):
        pattern = names.get(word[0].lower())
        found = pattern.match(text, word.start()) if pattern and word.start() >= end else None
        if found:
            parts += (text[end : found.start()], MASK)
            end = found.end()
    return "".join(parts) + text[end:]


def _resource_type(value: Json, resource_type: str | None) -> str | None:
    if resource_type is None and isinstance(value, dict):
        said = value.get("resource_type")
        return said if isinstance(said, str) else None
    return resource_type


def _people(value: Any, *, people: bool, theirs: bool = False) -> Iterator[str]:
    if isinstance(value, str) and theirs:
        yield value.strip()
    elif isinstance(value, list):
        for each in value:
            yield from _people(each, people=people, theirs=theirs)
    elif isinstance(value, dict):
        for name, each in value.items():
            inner = people or name.lower() in _NAMES_OF_PEOPLE
            personal = theirs or is_personal(name, people=people)
            yield from _people(each, people=inner, theirs=personal)


def _mask_header(name: bytes, value: bytes, names: Names) -> bytes:
    if name.lower() in _CREDENTIALS or is_personal(name.decode("latin-1")):
        return MASK.encode()
    try:
        return mask_text(value.decode("utf-8"), names).encode("utf-8")
    except UnicodeDecodeError:
        return MASK.encode()


def _mask(value: Any, names: Names, *, people: bool) -> Any:
    if isinstance(value, str):
        return mask_text(value, names)
    if isinstance(value, list):
        return [_mask(each, names, people=people) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _mask_field(name, each, names, people=people) for name, each in value.items()}


def _mask_field(name: str, value: Any, names: Names, *, people: bool) -> Any:
    if value is None or not is_personal(name, people=people):
        # `changes` has the old and the new value of a field under the field's name.
        inner = people or name.lower() in _NAMES_OF_PEOPLE
        return _mask(value, names, people=inner)
    if isinstance(value, dict):
        return {key: MASK if each is not None else None for key, each in value.items()}
    if isinstance(value, list):
        return [MASK] * len(value)
    return MASK
