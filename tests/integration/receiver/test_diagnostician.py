"""Whatever goes wrong with one diagnosis, the next delivery has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.conftest import wait_until

if TYPE_CHECKING:
    from tests.conftest import Bench


@pytest.mark.parametrize("step", ["diagnose", "note_diagnosis"], ids=["search", "write"])
def test_one_that_fails_leaves_the_next_ones_theirs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: str
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(f"receiver.diagnostician.{step}", fail)
        assert bench.post(b"{}", signature="test_signature").status == 401
        wait_until(lambda: "could not be diagnosed" in caplog.text, "the failure is in the log")
    assert bench.post(b"{}", signature="test_signature").status == 401
    wait_until(lambda: bench.deliveries()[-1].diagnosis == "placeholder", "the next diagnosis")
    assert bench.deliveries()[0].diagnosis is None
