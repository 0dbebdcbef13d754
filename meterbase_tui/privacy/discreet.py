"""What the screen shows of a delivery while personal data is masked. Pure.

A copy of the records is masked, and is then drawn as ever: so nothing that draws can forget it.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from receiver.contents.personal_data import (
    MASK,
    is_personal,
    mask_headers,
    mask_json_at,
    mask_path,
    mask_text,
    people_in,
    write_masked,
)
from receiver.judging.strict_json import InvalidJsonError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

    from meterbase_tui.queries.details import Detail, ForwardDetail
    from meterbase_tui.queries.division import PropertyDivision
    from meterbase_tui.queries.known_records import KnownRecords
    from meterbase_tui.queries.unit_history import UnitHistory
    from receiver.contents.comparison import Difference
    from receiver.contents.personal_data import Names
    from receiver.diagnosis import Diagnosis
    from store.records import Change, Json, Unit

HIDDEN = (
    "Hidden while personal data is masked: it is not JSON, so nobody knows where names are in it."
)
CURL_REFUSED = (
    "A curl command carries the body as it came, people's data with it. Show personal data first, "
    "or copy the masked body."
)
_NOBODY: Names = frozenset()
_PEOPLE = ("resident_name", "name", "email", "phone")
_T = TypeVar("_T", bound="DataclassInstance")


def mask_detail(detail: Detail, known: Names = _NOBODY) -> Detail:
    """A delivery without people's data: body, headers, path, words, changes and answers.

    A name that the body or a change gives in a person's field is masked wherever else it stands,
    and so is one of `known`.
    A body that is JSON is written anew; any other is left out, and `Detail.hidden` says so. A body
    of 1 MiB takes some 0.1 s, and 0.4 s when it names ten thousand people.
    """
    payload = _parse(detail.content.body)
    names = known | _names(payload, detail.changes)
    content, event = detail.content, detail.event
    body = b"" if payload is None else write_masked(payload[0], names)
    return replace(
        detail,
        delivery=mask_record(detail.delivery, names),
        deliveries=tuple(mask_record(each, names) for each in detail.deliveries),
        content=replace(
            content, headers=mask_headers(content.headers, names), body=body, size=len(body)
        ),
        event=event and mask_record(event, names),
        changes=tuple(mask_change(change, names) for change in detail.changes),
        notifications=tuple(mask_record(each, names) for each in detail.notifications),
        forwards=tuple(_mask_forward(each, names) for each in detail.forwards),
        refresh=detail.refresh and mask_record(detail.refresh, names),
        masked=True,
    )


def mask_change(change: Change, names: Names = _NOBODY) -> Change:
    """A change that names no resident."""
    path = change.field.split(".")
    old, new = (mask_json_at(path, value, names=names) for value in (change.old, change.new))
    return replace(mask_record(change, names), old=old, new=new)


def mask_record(record: _T, names: Names = _NOBODY) -> _T:
    """A record whose texts are masked by form and by names, ids too; words of ours stay."""
    return replace(record, **_mask_texts(record, [each.name for each in fields(record)], names))


def _mask_texts(record: object, fields: Iterable[str], names: Names) -> Any:
    return {
        name: (mask_path if name == "path" else mask_text)(text, names)
        for name in fields
        # Not the members of an enumeration, which are texts as well.
        if type(text := getattr(record, name)) is str
    }


def mask_records(records: KnownRecords, names: Names = _NOBODY) -> KnownRecords:
    """Everything that is listed of records, without people."""

    def people(each: _T) -> _T:
        told: Any = {name: MASK for name in _PEOPLE if getattr(each, name, None) is not None}
        return replace(mask_record(each, names), **told)

    def texts(found: Iterable[_T]) -> tuple[_T, ...]:
        return tuple(mask_record(each, names) for each in found)

    return replace(
        records,
        properties=texts(records.properties),
        connections=texts(records.connections),
        units=tuple(_mask_unit(each, names) for each in records.units),
        leases=tuple(map(people, records.leases)),
        residents=tuple(map(people, records.residents)),
        notifications=texts(records.notifications),
        division=records.division and _mask_division(records.division, names),
    )


def mask_history(history: UnitHistory, names: Names = _NOBODY) -> UnitHistory:
    """A unit's history that names no resident."""
    moments = tuple(
        replace(
            moment,
            title=mask_text(moment.title, names),
            changes=tuple(mask_change(change, names) for change in moment.changes),
        )
        for moment in history.moments
    )
    return replace(history, unit=_mask_unit(history.unit, names), moments=moments)


def mask_diagnosis(diagnosis: Diagnosis) -> Diagnosis:
    """A diagnosis without the bytes of the body around the first that differs; where stays."""
    if diagnosis.difference is None:
        return diagnosis
    hidden = "•••".encode()
    return replace(
        diagnosis, difference=replace(diagnosis.difference, received=hidden, signed=hidden)
    )


def mask_differences(
    differences: Iterable[Difference], before: Json, after: Json
) -> tuple[Difference, ...]:
    """What differs, without the people in it; that a name has changed is still told.

    Args:
        differences: of `compare_json(before, after)`.
        before: the one payload.
        after: the other.
    """
    names = people_in(before) | people_in(after)
    people = any(
        isinstance(p, dict) and p.get("resource_type") == "resident" for p in (before, after)
    )
    about = "resident" if people else ""

    def mask(path: list[str], value: Json) -> Json:
        return mask_json_at(path, value, resource_type=about, names=names)

    return tuple(
        replace(
            each,
            before=mask(_split(each.path), each.before),
            after=mask(_split(each.path), each.after),
        )
        for each in differences
    )


def _split(path: str) -> list[str]:
    """The steps of a difference's path, in which a dot of a name is written with a backslash."""
    steps = re.findall(r"(?:^|\.)((?:\\.|[^.\\])*)", path) if path else []
    return [re.sub(r"\\(.)", r"\1", step) for step in steps]


def _parse(body: bytes) -> tuple[Json] | None:
    try:
        return (parse(body),)
    except InvalidJsonError:
        return None


def _names(payload: tuple[Json] | None, changes: Iterable[Change]) -> Names:
    names = people_in(payload[0]) if payload is not None else _NOBODY
    for change in changes:
        if is_personal(change.field.rpartition(".")[2]):
            names |= people_in({"resident_name": [change.old, change.new]})
    return names


def _mask_unit(unit: Unit, names: Names) -> Unit:
    lease = unit.lease
    if lease is not None:
        lease = lease._replace(**_mask_texts(lease, lease._fields, names))
    return unit._replace(**_mask_texts(unit, unit._fields, names), lease=lease)


def _mask_division(found: PropertyDivision, names: Names) -> PropertyDivision:
    def units(parts: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(replace(each, unit=_mask_unit(each.unit, names)) for each in parts)

    shares, left_out = units(found.now.shares), units(found.now.left_out)
    now = replace(found.now, shares=shares, left_out=left_out)
    return replace(found, property=mask_record(found.property, names), now=now)


def _mask_words(words: str | None, names: Names) -> str | None:
    return words and mask_text(words, names)


def _mask_forward(detail: ForwardDetail, names: Names) -> ForwardDetail:
    attempts = []
    for attempt in detail.attempts:
        body = _mask_answer(attempt.body, names)
        attempts.append(
            replace(
                attempt,
                error=_mask_words(attempt.error, names),
                headers=mask_headers(attempt.headers, names),
                body=body,
                size=len(body),
            )
        )
    return replace(detail, attempts=tuple(attempts))


def _mask_answer(body: bytes, names: Names) -> bytes:
    answer = _parse(body)
    if answer is not None:
        return write_masked(answer[0], names)
    return HIDDEN.encode() if body else b""
