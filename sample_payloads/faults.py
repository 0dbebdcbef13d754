"""What is wrong with a payload that somebody wrote, and where it stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from receiver.judging.strict_json import InvalidJsonError, parse
from sample_payloads.schema import FORMS, build_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jsonschema import Draft202012Validator, ValidationError

_TOKEN = re.compile(r'[\s,:]*(?:([{}\[\]])|("(?:[^"\\]|\\.)*")|([^\s,:{}\[\]"]+))')
_SHOWN = 60


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """The first thing that is wrong."""

    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    field: str
    """Its path, with dots; empty where it is not about a field."""
    what: str
    """What is wrong with it: the rest of a sentence, or all of one where there is no field."""

    @property
    def sentence(self) -> str:
        """What is wrong, of the field by its path."""
        return f"{self.field} {self.what}".lstrip()

    @property
    def brief(self) -> str:
        """The same of the field by its name, for whoever sees the line that it is in."""
        return f"{self.field.rpartition('.')[2]} {self.what}".lstrip()


def find_fault(body: bytes) -> Fault | None:
    """What keeps a body from being a payload as Propexo publishes them; None when nothing does.

    A body that is no JSON, or no JSON object, is a fault too.
    """
    try:
        value = parse(body)
    except InvalidJsonError as error:
        return Fault(*(error.place or (1, 1)), "", str(error))
    # The one that stands first in the text is the one that a person meets first.
    return min(
        (
            Fault(*locate(body, list(found.absolute_path)), *_explain(found))
            for found in _validator().iter_errors(value)
        ),
        default=None,
    )


def locate(body: bytes, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column, from 1, where the value at a path begins; of the whole for an empty path.

    Args:
        body: valid JSON.
        path: names and places, from the outside in; where it leads nowhere, the last value on the
            way counts.
    """
    text = body.decode("utf-8", "replace")
    found = 0
    for start, at in _walk(text):
        if at == tuple(path[: len(at)]):
            found = start
        if at == tuple(path):
            break
    before = text[:found]
    return before.count("\n") + 1, found - (before.rfind("\n") + 1) + 1


def _walk(text: str) -> Iterable[tuple[int, tuple[str | int, ...]]]:
    """Every value of a JSON text in its order: where it begins, and its path."""
    path: list[str | int | None] = []
    name: str | None = None
    for token in _TOKEN.finditer(text):
        bracket, string, _ = token.groups()
        start = token.end() - len(bracket or string or token[3])
        if bracket in ("}", "]"):
            path.pop()
            continue
        inside_object = bool(path) and (path[-1] is None or isinstance(path[-1], str))
        if inside_object and string is not None and name is None:
            name = _unquote(string)
            continue
        if path:
            if inside_object:
                path[-1], name = name, None
            else:
                path[-1] = int(path[-1] or 0) + 1 if path[-1] is not None else 0
        yield start, tuple(step for step in path if step is not None)
        if bracket == "{":
            path.append(None)
        elif bracket == "[":
            path.append(-1)


def _unquote(string: str) -> str:
    value = parse(string.encode("utf-8", "surrogatepass"))
    return value if isinstance(value, str) else ""


@cache
def _validator() -> Draft202012Validator:
    # Here, since it takes 60 ms: only files are checked.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(build_schema())


def _explain(error: ValidationError) -> tuple[str, str]:
    """The field, and what is wrong with it: first what it has to be, then what it is."""
    where = ".".join(str(step) for step in error.absolute_path)
    if error.validator == "required":
        wanted: Any = error.validator_value
        instance: Any = error.instance
        missing = next(name for name in wanted if name not in instance)
        return f"{where}.{missing}".lstrip("."), "is missing."
    shown: Any = error.instance
    text = json.dumps(shown, ensure_ascii=False)
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    demand = _DEMANDS[str(error.validator)](error.validator_value)
    return where or "The payload", f"{demand}, and is {text}."


def _name(kind: str) -> str:
    """A type of JSON Schema's with its article."""
    if kind == "null":
        return kind
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _name_kinds(kinds: str | list[str]) -> str:
    return f"has to be {' or '.join(map(_name, [kinds] if isinstance(kinds, str) else kinds))}"


_DEMANDS: dict[str, Callable[[Any], str]] = {
    "type": _name_kinds,
    "minimum": "has to be at least {:,}".format,
    "maximum": "has to be at most {:,}".format,
    "pattern": lambda pattern: f"has to be {FORMS[pattern]}",
    "minLength": lambda _: "must not be empty",
    "maxLength": "must not be longer than {:,} characters".format,
}
"""What a value has to be, by the word of JSON Schema; `build_schema` has no others."""
