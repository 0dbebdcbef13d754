"""Gathers what the troubleshooting checks look at: settings, receiver, store and surroundings.

`gather_facts` is quick enough for a timer; `gather_probes` looks closely, on demand. `Examiner`
does both for a screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from meterbase_tui.checking.examiner import Examiner
    from meterbase_tui.checking.gathering import gather_facts
    from meterbase_tui.checking.probing import gather_probes
    from meterbase_tui.checking.surroundings import Surroundings
else:
    __getattr__ = find_names(
        __name__,
        {
            "examiner": ("Examiner",),
            "gathering": ("gather_facts",),
            "probing": ("gather_probes",),
            "surroundings": ("Surroundings",),
        },
    )

__all__ = ["Examiner", "Surroundings", "gather_facts", "gather_probes"]
