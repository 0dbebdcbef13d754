"""What exists when all has started is left out of the collector's passes, and only for so long."""

from __future__ import annotations

import gc

from meterbase_tui.collector import spared_by_collector


def test_what_exists_is_spared_for_as_long_as_the_block_lasts() -> None:
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    with spared_by_collector():
        assert gc.get_freeze_count() > frozen + 10_000
        assert gc.get_threshold()[0] > thresholds[0]
        assert gc.get_threshold()[1:] == thresholds[1:]
    assert gc.get_threshold() == thresholds
    assert gc.get_freeze_count() == 0
