"""The scenarios that come with the program, and those in files of the user's own."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sample_payloads.catalogue import load_catalogue
from sample_payloads.simulation.reading import read_scenario
from sample_payloads.simulation.tables import ScenarioError

if TYPE_CHECKING:
    from sample_payloads.catalogue import Catalogue
    from sample_payloads.simulation.scenario import Scenario

_MOST_BYTES = 1 << 20


class UnknownScenarioError(LookupError):
    """There is no such scenario, nor a file; `str()` says so and names what may have been meant."""


def load_scenarios() -> tuple[Scenario, ...]:
    """The scenarios of the program, by name; also from inside of a wheel."""
    samples = _sample_names()
    return tuple(read_scenario(content, name, samples) for name, content in _contents().items())


def scenario_source(name: str) -> bytes | None:
    """The file of one of the program's scenarios, to be copied; None if there is none."""
    return _contents().get(f"{_joined(name)}.toml")


def find_scenario(name: str, catalogue: Catalogue | None = None) -> Scenario:
    """The scenario of that name, however its words are joined, or in the file of that path.

    Args:
        name: a name or a path.
        catalogue: where its samples are; those of the program by default.

    Raises:
        UnknownScenarioError: there is neither.
        ScenarioError: it makes no sense.
    """
    samples = _sample_names(catalogue)
    content = scenario_source(name)
    if content is not None:
        return read_scenario(content, f"{_joined(name)}.toml", samples)
    path = Path(name)
    if "/" not in name and not path.exists():
        raise UnknownScenarioError(_explain(name))
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise UnknownScenarioError(_explain(name)) from None
    except OSError as error:
        raise ScenarioError(f"{name} cannot be read ({error.strerror}).") from error
    if len(content) > _MOST_BYTES:
        raise ScenarioError(f"{name} is larger than a scenario may be (1 MiB).")
    return read_scenario(content, name, samples)


def _contents() -> dict[str, bytes]:
    folder = files("sample_payloads").joinpath("scenarios")
    found = {each.name: each for each in folder.iterdir() if each.name.endswith(".toml")}
    return {name: found[name].read_bytes() for name in sorted(found)}


def _sample_names(catalogue: Catalogue | None = None) -> list[str]:
    return [sample.name for sample in catalogue or load_catalogue()]


def _joined(name: str) -> str:
    return name.lower().removesuffix(".toml").replace("-", "_").replace(" ", "_")


def _explain(name: str) -> str:
    names = [each.removesuffix(".toml") for each in _contents()]
    near = difflib.get_close_matches(_joined(name), names, n=2)
    advice = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
    return f"There is no scenario {name!r}, and no such file. {advice}"
