"""Whatever goes wrong in the search for one cause, the next delivery has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from tests.conftest import wait_until

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Bench


def test_one_that_fails_leaves_the_next_ones_theirs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("receiver.diagnosis.diagnose", fail)
        assert bench.post(b"{}", signature="test_signature").status == 401
        wait_until(lambda: "could not be diagnosed" in caplog.text, "the failure is in the log")
    assert bench.post(b"{}", signature="test_signature").status == 401
    wait_until(lambda: bench.deliveries()[-1].diagnosis == "placeholder", "the next diagnosis")
    assert bench.deliveries()[0].diagnosis is None
