"""Masks people's data: names, e-mail addresses and phone numbers, for screens and files to share.

What the bill depends on stays: ids, unit numbers, dates, counts, square feet and statuses.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from receiver.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from store.records import Json

MASK = "•••"
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


def mask_json(value: Json, *, resource_type: str | None = None) -> Json:
    """A copy of a value in which people's data is masked, by the names of fields and by form.

    Args:
        value: a payload, or a part of one.
        resource_type: of the payload; `name` of a resident is a person's, of a property is not.
    """
    if isinstance(value, dict) and resource_type is None:
        said = value.get("resource_type")
        resource_type = said if isinstance(said, str) else None
    masked: Json = _mask(value, people=resource_type == "resident")
    return masked


def mask_text(text: str) -> str:
    """A text in which e-mail addresses and phone numbers are masked."""
    return _PHONE.sub(MASK, _EMAIL.sub(MASK, text))


def mask_body(body: bytes) -> bytes:
    """A body with people's data masked: JSON stays JSON, any other text is masked by form.

    Bytes that are no UTF-8 are masked as the text that they nearly are.
    """
    try:
        value = parse(body)
    except InvalidJsonError:
        return mask_text(body.decode("utf-8", "replace")).encode("utf-8")
    return json.dumps(mask_json(value), ensure_ascii=False, indent=2).encode("utf-8")


def is_personal(name: str, *, people: bool = False) -> bool:
    """Whether a field of that name holds a person's data.

    Args:
        name: of the field.
        people: whether it belongs to a person's record, where `name` is theirs.
    """
    lower = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_")
    return bool(_PERSONAL.search(lower)) or (people and lower in ("name", "display_name"))


def _mask(value: Any, *, people: bool) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, list):
        return [_mask(each, people=people) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _mask_field(name, each, people=people) for name, each in value.items()}


def _mask_field(name: str, value: Any, *, people: bool) -> Any:
    if value is None or not is_personal(name, people=people):
        # `changes` has the old and the new value of a field under the field's name.
        inner = people or name.lower() in _NAMES_OF_PEOPLE
        return _mask(value, people=inner)
    if isinstance(value, dict):
        return {key: MASK if each is not None else None for key, each in value.items()}
    if isinstance(value, list):
        return [MASK] * len(value)
    return MASK
