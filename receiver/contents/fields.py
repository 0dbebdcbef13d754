"""Reads the fields of `data`, as far as they make sense.

A field that makes none never loses an event: what is wrong is said, the field keeps its old value,
and the rest is applied. A field that is absent keeps its old value as well; null empties it.
"""

from __future__ import annotations

import math
import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from receiver.contents.payloads import LEASE, PROPERTY, RESIDENT, UNIT, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from receiver.contents.payloads import Field

_Read: TypeAlias = "Callable[[Any], Any]"
_Reader: TypeAlias = "tuple[str, type | None, _Read]"
_ABSENT = object()
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST = 10_000_000
_SHOWN = 40


class _NonsenseError(ValueError):
    """A value that makes no sense; `str()` says what it should be."""


class Fields(NamedTuple):
    """What was said and makes sense, by our own field names, and what made none."""

    values: dict[str, Any]
    problems: list[str]


def read_unit(data: Mapping[str, Any]) -> Fields:
    """`property_id`, `unit_number`, `status`, `sqft`, `bedrooms`, `bathrooms`."""
    return _read(data, _UNIT, "data.")


def read_lease(data: Mapping[str, Any], *, within: str = "data.") -> Fields:
    """The terms of a lease; as a record of its own also `property_id` and `unit_id`."""
    fields = _read(data, _LEASE, within)
    start, end = fields.values.get("start_date"), fields.values.get("end_date")
    if start and end and end < start:
        fields.problems.append(f"{within}end_date is before start_date")
        del fields.values["start_date"], fields.values["end_date"]
    return fields


def read_resident(data: Mapping[str, Any]) -> Fields:
    """Who a resident is and where."""
    return _read(data, _RESIDENT, "data.")


def read_property(data: Mapping[str, Any]) -> Fields:
    """A property's name and address."""
    return _read(data, _PROPERTY, "data.")


def _read(data: Mapping[str, Any], readers: Sequence[_Reader], within: str) -> Fields:
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, plain, read in readers:
        value = data.get(name, _ABSENT)
        if value is None or type(value) is plain:
            values[name] = value
            continue
        if value is _ABSENT:
            continue
        try:
            values[name] = read(value)
        except _NonsenseError as error:
            problems.append(f"{within}{name} is {_show(value)}, not {error}")
    return Fields(values, problems)


def _show(value: object) -> str:
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _NonsenseError("a text")
    return value


def _label(value: Any) -> str:
    """A text, or a number that was meant as one: unit 305."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _number(value: Any) -> int | float:
    """A number of 0 or more; `"950"` and 950.0 are 950."""
    if type(value) is int and 0 <= value <= _MOST:
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _NonsenseError("a number")
    if not 0 <= value <= _MOST or not math.isfinite(value):
        raise _NonsenseError(f"a number from 0 to {_MOST:,}")
    return int(value) if value == int(value) else value


def _count(value: Any) -> int:
    number = _number(value)
    if not isinstance(number, int):
        raise _NonsenseError("a whole number")
    return number


def _day(value: Any) -> str:
    return _check_day(_text(value))


@lru_cache(maxsize=4_096)
def _check_day(text: str) -> str:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise _NonsenseError("a date like 2026-04-01")


def _address(value: Any) -> str:
    """An address as one line, from a text or from the values of an object."""
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if isinstance(part, str | int))
    return _text(value)


_READERS: dict[Kind, _Read] = {
    Kind.TEXT: _text,
    Kind.LABEL: _label,
    Kind.NUMBER: _number,
    Kind.COUNT: _count,
    Kind.DAY: _day,
    Kind.ADDRESS: _address,
}


# Every value of that type is right as it is: most are read without a call.
_PLAIN: dict[Kind, type] = {Kind.TEXT: str, Kind.LABEL: str, Kind.ADDRESS: str}


def _readers(fields: Mapping[str, Field]) -> tuple[_Reader, ...]:
    return tuple(
        (name, _PLAIN.get(each.kind), _READERS[each.kind]) for name, each in fields.items()
    )


_UNIT, _LEASE = _readers(UNIT), _readers(LEASE)
_RESIDENT, _PROPERTY = _readers(RESIDENT), _readers(PROPERTY)
