"""The page of JSON fields: records from their classes, documents from a list that a test holds."""

from __future__ import annotations

import tomllib
import types
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from meterbase_tui.exports import json_fields
from reference_pages.markdown import table
from store import records, refreshes
from store.forwarding import forward_records

_FOLDER = Path(__file__).parent
RECORDS: dict[str, dict[str, str]] = tomllib.loads((_FOLDER / "json_records.toml").read_text())
DOCUMENTS: dict[str, dict[str, Any]] = tomllib.loads((_FOLDER / "json_documents.toml").read_text())

_CLASSES: dict[str, type] = {
    "delivery": records.Delivery,
    "event": records.Event,
    "unit": records.Unit,
    "lease": records.LeaseRecord,
    "resident": records.Resident,
    "change": records.Change,
    "notification": records.Notification,
    "property": records.Property,
    "connection": records.ConnectionRecord,
    "refresh": refreshes.Refresh,
    "forward": forward_records.Forward,
}
_COMPUTED: dict[str, dict[str, Any]] = {
    "unit": {"occupancy": records.Occupancy, "status_known": bool, "standing": str | None},
    "refresh": {"seconds_left": float | None},
}
"""What is told of a record beside its own fields."""
_NAMES = {name: getattr(records, name) for name in records.__all__} | {
    "datetime": datetime,
    "Mapping": Mapping,
}
"""What the modules of the records import for the type checker alone."""
_PLAIN = {bool: "true or false", str: "text", int: "whole number", float: "number"}
_HEAD = """# JSON fields

What `--json` prints. A listing or a stream prints one JSON object a line, other commands one
document; nothing else goes to standard output. Fields may be added, but none is renamed or dropped.
A time is ISO 8601 in UTC with a `Z`. The text is printable ASCII: other characters are escaped, so
nothing in it can act on a terminal.

This page is made from the records of the store and from `docs/reference_pages/*.toml` by
`docs/make_reference.py`; a test runs every command and compares what it prints.

"""


def page() -> str:
    """The page `json-fields.md`."""
    parts = [_HEAD, "## Records\n\n"]
    for name in _CLASSES:
        parts.append(f"### {name}\n\n")
        parts.append(table(("Field", "Is", "Says"), _record_rows(name)))
    parts.append("## Commands\n\n")
    for name, document in DOCUMENTS.items():
        how = "One document" if "document" in document else "One object a line"
        what = document.get("document") or document["lines"]
        parts.append(f"### {name}\n\n*{how}.* {what}\n\n")
        if fields := document.get("fields"):
            parts.append(table(("Field", "Says"), ((f"`{n}`", w) for n, w in fields.items())))
    return "".join(parts).rstrip() + "\n"


def _record_rows(name: str) -> list[tuple[str, ...]]:
    words = dict(RECORDS[name])
    rows: list[tuple[str, ...]] = [
        (f"`{field}`", kind, words.pop(field)) for field, kind in record_fields(name).items()
    ]
    assert not words, f"json_records.toml has words for what {name} does not have: {words}"
    return rows


def record_fields(name: str) -> dict[str, str]:
    """The fields of a record in their order, each with what kind of value it is."""
    hints = {
        prop: get_type_hints(value.fget, localns=_NAMES)["return"]
        for prop, value in vars(_CLASSES[name]).items()
        if isinstance(value, property)
    } | get_type_hints(_CLASSES[name], localns=_NAMES)
    hints |= _COMPUTED.get(name, {})
    listed: tuple[str, ...] = getattr(json_fields, f"_{name.upper()}")
    return {field: _kind(hints[field]) for field in (*listed, *_COMPUTED.get(name, {}))}


def _kind(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        parts = get_args(hint)
        if len(parts) > 3:  # noqa: PLR2004 - any JSON
            return "any JSON"
        inner = [_kind(part) for part in parts if part is not types.NoneType]
        if inner == ["whole number", "number"]:
            inner = ["number"]
        return " or ".join([*inner, *(["null"] if types.NoneType in parts else [])])
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f"`{member.value}`" for member in hint)
    if hint is datetime:
        return "time"
    return _PLAIN.get(hint, "object")
