"""The JSON Schema of Propexo's payloads, made from the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receiver.contents.payloads import LEASE, RECORDS, Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMESTAMP = r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$"
_EVENT = "^[A-Za-z0-9_.-]{1,64}$"
FORMS: Mapping[str, str] = {
    _TIMESTAMP: "a time with a zone, like 2026-04-01T12:00:00Z",
    _EVENT: "1 to 64 letters, digits, dots, dashes and underscores",
    Kind.DAY.schema["pattern"]: Kind.DAY.words,
}
"""What a text has to be, for a sentence, by the pattern that asks for it."""
_DATA_EVENTS = ("data.new", "data.update")


def build_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of every event; unknown further fields are allowed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A webhook of Propexo",
        "type": "object",
        "required": ["event", "timestamp"],
        "properties": {
            "event": {"type": "string", "pattern": _EVENT},
            "timestamp": {
                "type": "string",
                "pattern": _TIMESTAMP,
                "description": "RFC 3339 with a zone.",
            },
            "connection_id": {"type": "string", "minLength": 1, "maxLength": 256},
            "resource_type": {"type": "string", "minLength": 1},
            "data": {"type": "object"},
            "changes": {
                "type": "object",
                "description": "Old and new values by field.",
                "additionalProperties": {"type": "object"},
            },
        },
        "allOf": [
            {"if": _event_is("test.ping"), "else": {"required": ["connection_id"]}},
            {"if": _event_is(*_DATA_EVENTS), "then": _DATA},
            *(_of_record(name, fields) for name, fields in RECORDS.items()),
        ],
    }


_DATA: dict[str, Any] = {
    "required": ["resource_type", "data"],
    "properties": {"data": {"required": ["id"], "properties": {"id": Kind.ID.schema}}},
}


def _event_is(*names: str) -> dict[str, Any]:
    return {"properties": {"event": {"enum": list(names)}}, "required": ["event"]}


def _of_record(name: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    properties = _properties(fields)
    if name == "unit":
        terms = {"type": ["object", "string", "null"], "properties": _properties(LEASE)}
        properties["current_lease"] = terms
    of_it = {"properties": {"resource_type": {"const": name}}, "required": ["resource_type"]}
    return {"if": of_it, "then": {"properties": {"data": {"properties": properties}}}}


def _properties(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _nullable(each) for name, each in fields.items()}


def _nullable(each: Field) -> dict[str, Any]:
    """A field may always be null: that is how it is emptied."""
    schema = each.kind.schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return schema | {"type": [*kinds, "null"], "description": each.description}
