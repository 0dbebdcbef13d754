"""Two JSON values, field by field: what was added, removed and changed."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store.records import Json

MOST = 10_000
"""Differences that are told; two large bodies that have nothing in common have more."""
_ALIGNED = 500
"""Longer lists are compared place by place: aligning them takes the square of their length."""


class DifferenceKind(StrEnum):
    """What happened to a field."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs."""

    path: str
    """As `--set` takes it: `data.current_lease.occupant_count`; empty for the whole."""
    kind: DifferenceKind
    before: Json
    after: Json


def compare_json(before: Json, after: Json) -> tuple[Difference, ...]:
    """What differs between two values, in the order of the first and then of the second.

    950 and 950.0 are one number, true is not 1. Lists are aligned, so that one element more does
    not make all that follow differ.
    """
    found: list[Difference] = []
    for difference in _walk((), before, after):
        found.append(difference)
        if len(found) == MOST:
            break
    return tuple(found)


def _walk(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _walk_objects(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _walk_lists(path, before, after)
    elif not _same(before, after):
        yield Difference(_write(path), DifferenceKind.CHANGED, before, after)


def _walk_objects(
    path: tuple[str, ...], before: dict[str, Any], after: dict[str, Any]
) -> Iterator[Difference]:
    for name, value in before.items():
        if name in after:
            yield from _walk((*path, name), value, after[name])
        else:
            yield Difference(_write((*path, name)), DifferenceKind.REMOVED, value, None)
    for name, value in after.items():
        if name not in before:
            yield Difference(_write((*path, name)), DifferenceKind.ADDED, None, value)


def _walk_lists(path: tuple[str, ...], before: list[Any], after: list[Any]) -> Iterator[Difference]:
    for tag, start, end, new_start, new_end in _align(before, after):
        if tag == "equal":
            continue
        shared = min(end - start, new_end - new_start)
        for offset in range(shared):
            place = (*path, str(new_start + offset))
            yield from _walk(place, before[start + offset], after[new_start + offset])
        for index in range(start + shared, end):
            place = (*path, str(index))
            yield Difference(_write(place), DifferenceKind.REMOVED, before[index], None)
        for index in range(new_start + shared, new_end):
            place = (*path, str(index))
            yield Difference(_write(place), DifferenceKind.ADDED, None, after[index])


def _align(before: list[Any], after: list[Any]) -> list[tuple[str, int, int, int, int]]:
    if max(len(before), len(after)) > _ALIGNED:
        return [("replace", 0, len(before), 0, len(after))]
    old, new = ([json.dumps(each, sort_keys=True) for each in side] for side in (before, after))
    return list(difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes())


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    return bool(before == after)


def _write(path: tuple[str, ...]) -> str:
    return ".".join(step.replace("\\", "\\\\").replace(".", "\\.") for step in path)
