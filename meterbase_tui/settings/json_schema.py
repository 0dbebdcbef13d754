"""The JSON Schema of the configuration file, for editors that complete and check TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.settings.template import default_of
from meterbase_tui.settings.values import PROFILE_NAME

if TYPE_CHECKING:
    from meterbase_tui.settings.definition import Definition

_TEXTS = {"type": "array", "items": {"type": "string"}}
_FORWARD = {
    "type": "array",
    "description": "Where valid deliveries are passed on to, besides forward_to.",
    "items": {
        "type": "object",
        "required": ["url"],
        "additionalProperties": False,
        "properties": {
            "url": {"type": "string", "description": "Loopback or private, unless any is allowed."},
            "events": _TEXTS | {"description": "Only of these types; of all when it is empty."},
            "resource_types": _TEXTS | {"description": "Only of these resource types."},
            "connections": _TEXTS | {"description": "Only of these connections."},
            "headers": {
                "type": "object",
                "description": "Sent besides the delivery's own headers.",
                "additionalProperties": {"type": "string"},
            },
        },
    },
}
_KEYS = {
    "type": "object",
    "description": "Keys of the screen, by the id of what they do; several are parted by commas.",
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ]
    },
}


def build_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a configuration file, read as JSON."""
    of_settings = {definition.name: _describe(definition) for definition in DEFINITIONS}
    part = of_settings | {"forward": _FORWARD}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of meterbase-tui",
        "type": "object",
        "additionalProperties": False,
        "properties": part
        | {
            "keys": _KEYS,
            "profile": {
                "type": "object",
                "description": "One table for each Propexo environment, chosen by --profile.",
                "propertyNames": {"pattern": f"^{PROFILE_NAME}$"},
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": part,
                },
            },
        },
    }


def _describe(definition: Definition) -> dict[str, Any]:
    default = default_of(definition)
    kinds: dict[type, str] = {bool: "boolean", int: "integer"}
    schema: dict[str, Any] = {
        "type": kinds.get(type(default), "string"),
        "description": definition.help,
    }
    if default is not None:
        schema["default"] = default
    elif definition.example is not None:
        schema["examples"] = [definition.example]
    if definition.choices:
        schema["enum"] = list(definition.choices)
    if definition.bounds:
        schema["minimum"], schema["maximum"] = definition.bounds
    return schema
