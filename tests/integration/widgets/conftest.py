"""What drives a widget waits for what a key led to."""

from __future__ import annotations

import pytest

from tests.stand_ins.patient_pilot import make_patient


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    make_patient(monkeypatch)
