"""The page of samples and scenarios, from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_pages.markdown import table
from sample_payloads.catalogue import load_catalogue
from sample_payloads.simulation.library import load_scenarios

if TYPE_CHECKING:
    from sample_payloads.catalogue import Sample

_HEAD = """# Samples and scenarios

`meterbase-tui send NAME` signs a sample and sends it, with a fresh timestamp; `--prepare` sends
first what it builds on. In the screen, `s` picks one. What each one leads to in a new store
is held by a test that sends them all. Names may be written with dots, dashes or underscores.

## Samples

"""
_SCENARIOS = """## Scenarios

`meterbase-tui simulate NAME` plays one as Propexo would, with its order and its retries. In the
screen, `S` picks one. [Scenarios](scenarios.md) has the format of the file, for those of your own.

"""


def page() -> str:
    """The page `samples.md`."""
    samples = ((f"`{each.name}`", each.shows, _outcome(each)) for each in load_catalogue())
    scenarios = (
        (f"`{each.name}`", each.shows, f"{len(each.steps)} steps, {each.speed:,g} × real time")
        for each in load_scenarios()
    )
    return (
        _HEAD
        + table(("Sample", "Shows", "Leads to"), samples)
        + _SCENARIOS
        + table(("Scenario", "Shows", "Plays"), scenarios)
        + "This page is made from `sample_payloads/` by `docs/make_reference.py`.\n"
    )


def _outcome(sample: Sample) -> str:
    """Status and outcome, what changes, and whether a bill is affected."""
    expect = sample.expect
    words = [str(expect["status"])]
    words += [
        str(expect[name]).replace("_", " ") for name in ("outcome", "reason") if name in expect
    ]
    changes = expect.get("changes")
    if isinstance(changes, list) and changes:
        words.append(f"changes {', '.join(map(str, changes))}".replace("_", " "))
    if expect.get("rubs"):
        words.append("affects RUBS")
    return "; ".join(words)
