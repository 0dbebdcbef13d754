r"""Edits of a payload: fields set and removed by path, and a fresh timestamp.

A path is the names from the outside in, joined by dots: `data.current_lease.occupant_count`. A
number is a place in a list. A dot that belongs to a name is written `\.`.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from receiver.judging.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from store.records import Json

Path: TypeAlias = tuple[str, ...]
_STEP = re.compile(r"((?:[^.\\]|\\.)+)(\.|$)")
_INDEX = re.compile(r"[0-9]{1,6}")
_TIMESTAMP = "timestamp"
_SCALAR = r'"(?:[^"\\]|\\.)*+"|[^\s",:{}\[\]]++'
_NAME_OR_BRACKET = re.compile(rf"(?P<name>{_SCALAR})(?P<colon>\s*:\s*)?|[{{}}\[\]]")
_VALUE = re.compile(_SCALAR)
_LEVELS = {"{": 1, "[": 1, "}": -1, "]": -1}


class EditError(ValueError):
    """An edit that cannot be made; `str()` says which and why."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A field and its new value."""

    path: Path
    value: Json


@dataclass(frozen=True, slots=True)
class Edits:
    """What to change. Removals come first, so that an object can be emptied and filled anew."""

    assignments: tuple[Assignment, ...] = ()
    removals: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.assignments or self.removals)


def parse_path(text: str) -> Path:
    """A path as it is written on a command line.

    Raises:
        EditError: a name in it is empty.
    """
    steps: list[str] = []
    at = 0
    while found := _STEP.match(text, at):
        steps.append(re.sub(r"\\(.)", r"\1", found[1]))
        at = found.end()
        if not found[2]:
            return tuple(steps)
    raise EditError(f"{text!r} is not a path such as data.status.")


def parse_assignment(text: str) -> Assignment:
    """`PATH=VALUE`; the value is JSON where it is JSON, else text.

    Raises:
        EditError: there is no equals sign, or no path before it.
    """
    path, separator, value = text.partition("=")
    if not separator:
        raise EditError(f"{text!r} is not PATH=VALUE, such as data.status=vacant.")
    try:
        return Assignment(parse_path(path), parse(value.encode("utf-8", "surrogatepass")))
    except InvalidJsonError:
        return Assignment(parse_path(path), value)


def edit_body(body: bytes, edits: Edits, timestamp: str | None = None) -> bytes:
    """A body with edits and a fresh timestamp.

    Args:
        body: the bytes; whatever is not a JSON object has no fields to edit.
        edits: what to change.
        timestamp: replaces the payload's own, where it has one and the edits do not set it.

    Returns:
        Compact JSON, or `body` itself when there is nothing to change.

    Raises:
        EditError: a path leads nowhere, or there are edits and the body is not a JSON object.
    """
    payload = _parse_object(body)
    if payload is None:
        if edits:
            raise EditError("The body is not a JSON object, so it has no fields to set or remove.")
        return body
    edited = apply(payload, edits)
    set_by_hand = any(assignment.path == (_TIMESTAMP,) for assignment in edits.assignments)
    if timestamp is not None and _TIMESTAMP in edited and not set_by_hand:
        edited[_TIMESTAMP] = timestamp
    return body if edited == payload and not edits else to_bytes(edited)


def stamp(body: bytes, timestamp: str) -> bytes:
    """A body with another timestamp, and every other byte as it was.

    What is no JSON object with a plain `timestamp` stays as it is.
    """
    if _parse_object(body) is None:
        return body
    text = body.decode("utf-8")
    depth = 0
    for found in _NAME_OR_BRACKET.finditer(text):
        depth += _LEVELS.get(found[0], 0)
        if depth == 1 and found["colon"] and json.loads(found["name"]) == _TIMESTAMP:
            value = _VALUE.match(text, found.end())
            if value is None:
                break
            return (text[: value.start()] + json.dumps(timestamp) + text[value.end() :]).encode()
    return body


def apply(payload: dict[str, Any], edits: Edits) -> dict[str, Any]:
    """A copy of a payload with the edits made.

    Raises:
        EditError: what is to be removed is not there, or a path leads through a plain value.
    """
    edited = copy.deepcopy(payload)
    for path in edits.removals:
        _remove(edited, path)
    for assignment in edits.assignments:
        _assign(edited, assignment)
    return edited


def to_bytes(value: Json) -> bytes:
    """A value as compact JSON in UTF-8, its keys in the order that they have.

    Raises:
        EditError: a text in it cannot be written as UTF-8.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        raise EditError("A text to be sent has half of a surrogate pair.") from None


class Timestamps:
    """Fresh timestamps, each later than the one before: equal ones would make duplicates."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock or (lambda: datetime.now(UTC))
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self) -> str:
        """RFC 3339 in UTC with microseconds, such as `2026-03-25T14:30:00.000001Z`."""
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return self._last.isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_timestamp(body: bytes) -> Json:
    """The `timestamp` of a payload; None where there is none."""
    payload = _parse_object(body)
    return None if payload is None else payload.get(_TIMESTAMP)


def _parse_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = parse(body)
    except InvalidJsonError:
        return None
    return value if isinstance(value, dict) else None


def _remove(payload: dict[str, Any], path: Path) -> None:
    inner: Any = payload
    for step in path[:-1]:
        inner = _step_into(inner, step, path)
    try:
        del inner[_key(inner, path[-1])]
    except (LookupError, TypeError):
        raise EditError(f"There is no {'.'.join(path)} to remove.") from None


def _assign(payload: dict[str, Any], assignment: Assignment) -> None:
    *outer, last = assignment.path
    inner: Any = payload
    for step in outer:
        if isinstance(inner, dict):
            # A null on the way becomes an object, as a lease that begins does.
            if inner.get(step) is None:
                inner[step] = {}
            inner = inner[step]
        else:
            inner = _step_into(inner, step, assignment.path)
    if isinstance(inner, list) and last == str(len(inner)):
        inner.append(assignment.value)
        return
    try:
        inner[_key(inner, last)] = assignment.value
    except (LookupError, TypeError):
        raise EditError(f"There is no place for {'.'.join(assignment.path)}.") from None


def _step_into(inner: Any, step: str, path: Path) -> Any:
    try:
        return inner[_key(inner, step)]
    except (LookupError, TypeError):
        raise EditError(f"There is nothing at {'.'.join(path)}.") from None


def _key(inner: Any, step: str) -> str | int:
    """A name in an object, or a place in a list; anything else has neither."""
    if isinstance(inner, dict):
        return step
    if isinstance(inner, list) and _INDEX.fullmatch(step):
        return int(step)
    raise TypeError(step)
