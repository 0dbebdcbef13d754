"""How long a backlog takes, by its counts alone."""

from __future__ import annotations

import pytest

from meterbase_tui.queries.outlook import Outlook


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([], ""),
        ([(0, 20_000)], ""),
        ([(0, 20_000), (0.5, 19_000)], ""),
        ([(0, 20_000), (1, 19_000)], "about 19 s"),
        ([(0, 60_000), (2, 58_000)], "about 58 s"),
        ([(0, 900_000), (1, 899_000)], "about 15 min"),
        ([(0, 2_000), (1, 1_000)], "about 1 s"),
        # Few are gone before they are read of, and what was before says nothing of the next ones.
        ([(0, 20_000), (1, 999)], ""),
        ([(0, 20_000), (1, 999), (2, 15_000)], ""),
        # A burst that is over does not count for ever.
        ([(0, 10_000), (4, 40_000), (8, 39_000), (12, 38_000)], "about 3 min"),
        ([(0, 10_000), (2, 12_000)], ""),
        ([(0, 10_000), (3, 12_000)], "growing"),
        ([(0, 10_000), (3, 10_000)], ""),
    ],
)
def test_what_is_said(counts: list[tuple[float, int]], words: str) -> None:
    outlook = Outlook()
    for at, pending in counts:
        outlook.note(at, pending)
    assert outlook.describe() == words
