"""A run as it is kept: what was measured, on what, and what was left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.figures import Measurement, Results

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run."""

    day: str
    """When, as an ISO 8601 date."""
    machine: str
    """What on, as a sentence."""
    remarks: Mapping[str, str]
    """What was left out and why."""
    results: Results

    def write(self) -> str:
        """As JSON."""
        values = {
            "day": self.day,
            "machine": self.machine,
            "remarks": dict(self.remarks),
            "measurements": self.results.as_json(),
        }
        return json.dumps(values, indent=1)


def read_record(text: str) -> Record:
    """What `Record.write` has written.

    Raises:
        ValueError: it is something else.
    """
    try:
        values = json.loads(text)
        results = Results(Measurement(**each) for each in values.pop("measurements"))
        return Record(results=results, **values)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"These are no results of the benchmarks ({error}).") from error
