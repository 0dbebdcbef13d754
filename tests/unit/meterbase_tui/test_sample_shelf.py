"""What a sample is expected to lead to, in the cells that there are."""

from __future__ import annotations

from meterbase_tui.screens.sample_shelf import draw_outcome
from meterbase_tui.sending.sample_outcomes import OutcomeLine

CHANGES = OutcomeLine("changes", "lease, occupant_count, status", "none")


def test_a_long_value_goes_on_below_its_beginning() -> None:
    narrow = draw_outcome([CHANGES], 40, sent=True).plain.splitlines()
    assert narrow[1:] == [
        "≠ changes       lease, occupant_count,",
        "                status",
        "    came        none",
    ]
    wide = draw_outcome([CHANGES], 80, sent=True).plain.splitlines()
    assert wide[1] == "≠ changes       lease, occupant_count, status"


def test_before_it_is_laid_out_nothing_is_lost() -> None:
    drawn = draw_outcome([CHANGES], 0, sent=False).plain
    assert all(word in drawn for word in ("lease,", "occupant_count,", "status", "none"))
