"""The catalogue of samples: payloads as files, and an index that says what each one shows."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from receiver.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from store.records import Json

_INDEX = "index.toml"


class UnknownSampleError(LookupError):
    """There is no such sample; `str()` says so and names what may have been meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One payload of the catalogue."""

    name: str
    title: str
    shows: str
    """What a reader learns from sending it, as a sentence."""
    expect: Mapping[str, Json]
    """Fields of the delivery and the event that it leads to; see the index."""
    body: bytes = field(repr=False)
    """The file's bytes."""

    @property
    def payload(self) -> dict[str, Any]:
        """The body, parsed; a new value each time."""
        value = parse(self.body)
        return value if isinstance(value, dict) else {}

    @property
    def event(self) -> str | None:
        """The type of its event."""
        return _text(self.payload.get("event"))

    @property
    def resource_type(self) -> str | None:
        """The type of the record that it is about, where it says."""
        return _text(self.payload.get("resource_type"))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All samples, in the order of the index."""

    samples: tuple[Sample, ...]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def find(self, name: str) -> Sample:
        """The sample of that name, however its words are joined; an event's type means its first.

        Raises:
            UnknownSampleError: there is none.
        """
        wanted = _joined(name)
        for sample in self.samples:
            if sample.name == wanted:
                return sample
        for sample in self.samples:
            if _joined(sample.event or "") == wanted:
                return sample
        raise UnknownSampleError(self._explain(name, wanted))

    def _explain(self, name: str, wanted: str) -> str:
        names = [sample.name for sample in self.samples]
        near = difflib.get_close_matches(wanted, names, n=3) or [
            candidate for candidate in names if wanted and wanted in candidate
        ]
        advice = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
        return f"There is no sample {name!r}. {advice}"


def load_catalogue() -> Catalogue:
    """The samples that come with the program, also from inside of a wheel."""
    folder = files("sample_payloads")
    index = tomllib.loads(folder.joinpath(_INDEX).read_text(encoding="utf-8"))
    return Catalogue(
        tuple(
            Sample(
                name=name,
                title=entry["title"],
                shows=entry["shows"],
                expect=entry["expect"],
                body=folder.joinpath(f"{name}.json").read_bytes(),
            )
            for name, entry in index.items()
        )
    )


def _joined(name: str) -> str:
    return name.lower().removesuffix(".json").replace(".", "_").replace("-", "_")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
