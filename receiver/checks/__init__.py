"""Troubleshooting: small functions over gathered facts, one a check.

Pure: whoever calls `run_checks` gathers the facts, and whoever shows the result passes its texts
through `visible`.
"""

from __future__ import annotations

from receiver.checks.check import Action, ActionKind, Check, CheckName, CheckStatus
from receiver.checks.examination import all_well, run_checks
from receiver.checks.facts import Facts
from receiver.checks.probes import Probes

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
