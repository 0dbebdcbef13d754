"""Why a signature did not match, with proof: a pure engine.

`diagnose` takes what arrived and the secrets in force and recomputes digests for everything that is
known to go wrong between a sender and a receiver. It says a cause only if a digest, or the form of
the header, proves it, and never shows a digest that would be valid or any part of a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from receiver.diagnosis.codes import DiagnosisCode
    from receiver.diagnosis.diagnosis import DEFAULT_BUDGET_S, Diagnosis, diagnose
    from receiver.diagnosis.difference import Difference
    from receiver.diagnosis.explanations import EXPLANATIONS, Explanation, explain
    from receiver.diagnosis.findings import Step, StepOutcome
else:
    __getattr__ = find_names(
        __name__,
        {
            "codes": ("DiagnosisCode",),
            "diagnosis": ("DEFAULT_BUDGET_S", "Diagnosis", "diagnose"),
            "difference": ("Difference",),
            "explanations": ("EXPLANATIONS", "Explanation", "explain"),
            "findings": ("Step", "StepOutcome"),
        },
    )

__all__ = [
    "DEFAULT_BUDGET_S",
    "EXPLANATIONS",
    "Diagnosis",
    "DiagnosisCode",
    "Difference",
    "Explanation",
    "Step",
    "StepOutcome",
    "diagnose",
    "explain",
]
