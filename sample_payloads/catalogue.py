"""The catalogue of samples: payloads as files, and an index that says what each one shows."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from receiver.judging.strict_json import InvalidJsonError, parse
from sample_payloads.recipes import make

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from store.records import Json

_FOLDER = "payloads"
_INDEX = "index.toml"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
_OWN_TITLE = "Your own"


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
    """What it leads to in a new store, after the samples of `after`; see the index."""
    body: bytes = field(repr=False)
    """The file's bytes."""
    after: tuple[str, ...] = ()
    """Names of samples to send before it, for it to show that."""
    aliases: tuple[str, ...] = ()
    exact: bool = False
    """Whether it is sent as it is: its timestamp is what it shows."""
    own: bool = False
    """Whether it is one of the user's."""
    shadows: str | None = None
    """Of one of the user's: the sample of the program's that its name would lead to otherwise."""
    shadowed: bool = False
    """Of one of the program's: whether its name leads to one of the user's."""

    @property
    def key(self) -> str:
        """What tells it from all others of its catalogue: its name, where that leads to it."""
        return f"{self.name} of the program" if self.shadowed else self.name

    @property
    def standing(self) -> str:
        """A sentence for one of two samples of the same name; else nothing."""
        if self.shadowed:
            return f"Its name leads to one of your own: `send {self.name}` sends that."
        if self.shadows is not None:
            return f"Takes the place of the program's {self.shadows}."
        return ""

    @property
    def payload(self) -> dict[str, Any]:
        """The body, parsed, a new value each time; empty for what is no JSON object."""
        try:
            value = parse(self.body)
        except InvalidJsonError:
            return {}
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
    """All samples, in the order of the index, the user's own last."""

    samples: tuple[Sample, ...]
    problems: tuple[str, ...] = ()
    """Sentences about files of the user's that are no samples."""

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def find(self, name: str) -> Sample:
        """The sample of that name, however its words are joined; an event's type means its first.

        Raises:
            UnknownSampleError: there is none.
        """
        wanted = _joined(name)
        # One of the user's takes the place of ours of the same name.
        for sample in reversed(self.samples):
            if wanted in (sample.name, *map(_joined, sample.aliases)):
                return sample
        for sample in self.samples:
            if sample.event is not None and _joined(sample.event) == wanted:
                return sample
        raise UnknownSampleError(self._explain(name, wanted))

    def name_of(self, name: str) -> str | None:
        """The name of the sample that `find` gives, or None where there is none."""
        try:
            return self.find(name).name
        except UnknownSampleError:
            return None

    def with_preparation(self, sample: Sample) -> tuple[Sample, ...]:
        """What has to be sent for a sample to show what it shows: itself last."""
        return (*(self.find(name) for name in sample.after), sample)

    def _explain(self, name: str, wanted: str) -> str:
        names = [sample.name for sample in self.samples]
        near = difflib.get_close_matches(wanted, names, n=3) or [
            candidate for candidate in names if wanted and wanted in candidate
        ]
        some = ", ".join(names[:3])
        known = f"There are {some} and {len(names) - 3} more: see `meterbase-tui samples`."
        advice = f"Did you mean {' or '.join(near[:5])}?" if near else known
        # What cannot be read may well be what was meant.
        return " ".join((f"There is no sample {name!r}. {advice}", *self.problems[:2]))


def load_catalogue(own: Path | None = None) -> Catalogue:
    """The samples that come with the program, also from inside of a wheel, and the user's own.

    Args:
        own: the folder of the user's samples, one JSON file each; it need not exist. A file that
            cannot be read is a problem of the catalogue and no error.
    """
    folder = files("sample_payloads").joinpath(_FOLDER)
    index = tomllib.loads(folder.joinpath(_INDEX).read_text(encoding="utf-8"))
    ours = tuple(_read(folder, name, entry) for name, entry in index.items())
    if own is None:
        return Catalogue(ours)
    samples, problems = _read_own(own)
    return Catalogue(tuple(_with_shadows(ours, samples)), problems)


def _with_shadows(ours: tuple[Sample, ...], own: tuple[Sample, ...]) -> Iterator[Sample]:
    """Both, knowing of each other where they have one name."""
    taken = {sample.name for sample in own}
    catalogue = Catalogue(ours)
    for sample in ours:
        yield replace(sample, shadowed=sample.name in taken)
    for sample in own:
        yield replace(sample, shadows=catalogue.name_of(sample.name))


def is_sample_name(name: str) -> bool:
    """Whether a sample of the user's may have that name: small letters, digits and underscores."""
    return _NAME.fullmatch(name) is not None


def _read(folder: Traversable, name: str, entry: Mapping[str, Any]) -> Sample:
    recipe = entry.get("recipe")
    body = make(recipe) if recipe else folder.joinpath(f"{name}.json").read_bytes()
    return Sample(
        name=name,
        title=entry["title"],
        shows=entry["shows"],
        expect=entry["expect"],
        body=body,
        after=tuple(entry.get("after", ())),
        aliases=tuple(entry.get("aliases", ())),
        exact=entry.get("exact", False),
    )


def _read_own(folder: Path) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    samples: list[Sample] = []
    problems: list[str] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError):
        return (), ()
    except OSError as error:
        return (), (f"The folder {folder} of your samples cannot be read: {error.strerror}.",)
    for path in paths:
        name = _joined(path.name)
        if not is_sample_name(name):
            problems.append(
                f"{path} is no sample: its name may hold small letters, digits and _ only."
            )
            continue
        try:
            body = path.read_bytes()
        except OSError as error:
            problems.append(f"{path} cannot be read: {error.strerror}.")
            continue
        shows = f"One of your own, from {path}."
        samples.append(
            Sample(name=name, title=_OWN_TITLE, shows=shows, expect={}, body=body, own=True)
        )
    return tuple(samples), tuple(problems)


def _joined(name: str) -> str:
    return name.lower().removesuffix(".json").replace(".", "_").replace("-", "_")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
