"""How fast acknowledged deliveries become records."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.big_store import make_backlog
from benchmarks.contenders import contender, store_of
from benchmarks.figures import OURS, Measurement
from benchmarks.servers import running
from benchmarks.store_watch import watching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting


LARGE, USUAL = "a building of 1,200 units", "a building of 200 units"
_BUILDINGS = {LARGE: 1_200, USUAL: 200}
"""In the first the effect on every neighbour's bill is not worked out for each event, in the second
it is: see `receiver.billing.bills.MOST_UNITS`."""


def measure_processing(setting: Setting) -> Iterator[Measurement]:
    """A receiver that starts on a backlog: events a second until all are records.

    Counted from the moment at which it listens; what it had processed by then does not count.
    """
    for case in _BUILDINGS:
        yield measure_backlog(setting, case, setting.effort.backlog)


def measure_backlog(setting: Setting, case: str, count: int) -> Measurement:
    """One of them.

    Args:
        setting: the run.
        case: `LARGE` or `USUAL`.
        count: how many events.
    """
    setting.say(f"processing: a backlog of {count:,} of {case}")
    with setting.new_folder() as folder:
        make_backlog(store_of(folder), count, _BUILDINGS[case])
        with (
            running(contender(OURS), folder, setting.cores.server),
            watching(store_of(folder)) as watch,
        ):
            began, before = time.perf_counter(), watch.processed()
            watch.wait_until_processed()
            seconds = time.perf_counter() - began
    values = {"rate": (count - before) / seconds, "seconds": seconds}
    return Measurement("processing", OURS, case, values)
