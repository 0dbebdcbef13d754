"""Does the full-text index know all that was accepted?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.check import CheckName, conclude, passed, skipped, warning
from receiver.checks.recent import no_log
from receiver.checks.wording import count

if TYPE_CHECKING:
    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from store.reading.search import SearchProgress

_FEW = 1_000
"""Deliveries that it may be behind while they come: they are looked through in a millisecond."""


def check_search_index(facts: Facts) -> Check:
    """How far the index has come; a search is complete at any time."""
    if facts.log is None or facts.log.search is None:
        return conclude(CheckName.SEARCH_INDEX, [], no_log(facts))
    return conclude(CheckName.SEARCH_INDEX, [], _judge(facts, facts.log.search))


def _judge(facts: Facts, progress: SearchProgress) -> Finding:
    if not progress.newest:
        return skipped("There is nothing to search yet.")
    if progress.behind <= _FEW:
        left = f" but for the newest {progress.behind:,}" if progress.behind else ""
        return passed(
            f"The search index holds {count(progress.newest, 'delivery', 'deliveries')}{left}."
        )
    share = progress.indexed * 100 // progress.newest
    words = (
        f"The search index has come to delivery {progress.indexed:,} of {progress.newest:,} "
        f"({share} %). Searches are complete, and take longer meanwhile."
    )
    if facts.receiver.running:
        return passed(words, "Nothing to do: it is filled in pauses.")
    return warning(words, "Start `meterbase-tui` or `meterbase-tui listen`: it is filled then.")
