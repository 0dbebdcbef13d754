"""Troubleshooting: small functions over gathered facts, one a check.

Pure: whoever calls `run_checks` gathers the facts, and whoever shows the result passes its texts
through `visible`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from receiver.checks.check import Action, ActionKind, Check, CheckName, CheckStatus
    from receiver.checks.examination import all_well, run_checks
    from receiver.checks.facts import Facts
    from receiver.checks.probes import Probes
else:
    __getattr__ = find_names(
        __name__,
        {
            "check": ("Action", "ActionKind", "Check", "CheckName", "CheckStatus"),
            "examination": ("all_well", "run_checks"),
            "facts": ("Facts",),
            "probes": ("Probes",),
        },
    )

__all__ = [
    "Action",
    "ActionKind",
    "Check",
    "CheckName",
    "CheckStatus",
    "Facts",
    "Probes",
    "all_well",
    "run_checks",
]
