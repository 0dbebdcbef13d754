"""What the dashboard is narrowed to: a filter in words, and words as a filter. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from meterbase_tui.text import visible
from store.reading.filters import EVERYTHING, Filters
from store.records import EventState, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.reading.choices import Choices


@dataclass(frozen=True, slots=True)
class Condition:
    """One field of the filter."""

    name: str
    """The field of `Filters`."""
    label: str
    choices: tuple[str, ...] = ()
    """What there is to choose from."""
    strict: bool = False
    """Whether nothing else makes sense."""


class ConditionError(ValueError):
    """A field that says what cannot be; `str()` is for the user, `name` the field."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def list_conditions(choices: Choices) -> tuple[Condition, ...]:
    """The fields in the order in which they are asked for."""
    return (
        Condition("event", "event", choices.events),
        Condition("state", "state", tuple(EventState), strict=True),
        Condition("verdict", "signature", tuple(Verdict), strict=True),
        Condition("connection_id", "connection", choices.connections),
        Condition("property_id", "property", choices.properties),
        Condition("unit_id", "unit", choices.units),
        Condition("search", "text"),
    )


def read_conditions(
    conditions: tuple[Condition, ...], texts: Mapping[str, str], before: Filters = EVERYTHING
) -> Filters:
    """The filter that a person wrote down; an empty text leaves a condition out.

    Args:
        conditions: the fields.
        texts: what stands in each, by name.
        before: the rest of the filter.

    Raises:
        ConditionError: a state or a verdict that there is none of.
    """
    values: dict[str, str | None] = {}
    for condition in conditions:
        text = texts[condition.name].strip()
        if text and condition.strict:
            text = text.lower().replace(" ", "_")
            if text not in condition.choices:
                raise ConditionError(
                    condition.name,
                    f"There is no {condition.label} like that. "
                    f"Choose {', '.join(condition.choices)}.",
                )
        values[condition.name] = text or None
    return replace(before, **values)  # type: ignore[arg-type]


_LABELS = {
    "event": "event",
    "state": "state",
    "verdict": "signature",
    "connection_id": "connection",
    "property_id": "property",
    "unit_id": "unit",
}
_SHOWN = 60


def describe_filters(filters: Filters) -> str:
    """A filter in a few visible words; empty when it leaves nothing out."""
    parts = [
        f"{label} {visible(getattr(filters, name), _SHOWN)}"
        for name, label in _LABELS.items()
        if getattr(filters, name) is not None
    ]
    if filters.search:
        parts.append(f"“{visible(filters.search, _SHOWN)}”")
    return ", ".join(parts)


def concerning_records(filters: Filters) -> Filters:
    """The part of a filter that also says which changes of units are meant."""
    return Filters(
        connection_id=filters.connection_id,
        property_id=filters.property_id,
        unit_id=filters.unit_id,
    )
