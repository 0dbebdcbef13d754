from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from benchmarks import budget
from benchmarks.budget import BURST, LIMITS, REFUSED, check_budget, judge
from benchmarks.figures import DISTURBED, OURS, RAW, Measurement, Results
from benchmarks.scenarios.processing import LARGE
from benchmarks.scenarios.starting import HELP, LISTEN, LIVE, PAINT, PYTHON, TEXTUAL
from benchmarks.servers import ServerError

if TYPE_CHECKING:
    from benchmarks.setting import Setting

RATE = 10_000.0


def measured(share: float, core_share: float = 1.0, refused: float = 1.0) -> Results:
    found = [
        Measurement("processing", OURS, LARGE, {"rate": RATE}),
        Measurement("refused", RAW, "64", {"rate": RATE}),
        Measurement("refused", OURS, "64", {"rate": refused * RATE}),
        Measurement("burst", RAW, "64", {"rate": RATE, "core_share": core_share}),
        Measurement("burst", OURS, "64", {"rate": share * RATE}),
        Measurement("burst", RAW, "1", {"p50_ms": 0.1}),
        Measurement("burst", OURS, "1", {"p50_ms": 0.2}),
    ]
    cases = (PYTHON, TEXTUAL, HELP, LISTEN, PAINT, LIVE)
    return Results(found + [Measurement("start", OURS, case, {"seconds": 0.1}) for case in cases])


def test_what_is_fast_enough_is_within_the_budget() -> None:
    told: list[str] = []
    assert judge(measured(BURST), told.append) == []
    assert len(told) == len(LIMITS)


def test_what_is_slower_is_named_with_its_limit() -> None:
    told: list[str] = []
    exceeded = judge(measured(BURST - 0.01), told.append)
    assert [aim.title for aim in exceeded] == [LIMITS[0].title]
    assert f"at least {BURST:g}" in told[0]
    assert told[0].startswith("NOT")


def test_what_was_not_measured_is_not_within_the_budget() -> None:
    results = measured(1.0)
    results.measurements = [each for each in results.measurements if each.case != HELP]
    assert [aim.title for aim in judge(results, lambda _: None)] == ["`--help`, of bare Python"]


SLOW_TO_REFUSE = measured(BURST, refused=REFUSED / 2)
FAST, SLOW = measured(BURST), measured(BURST / 2)
SLOW_ON_A_BUSY_MACHINE = measured(BURST / 2, DISTURBED - 0.01)


@pytest.mark.parametrize(
    ("measurements", "status", "last_word"),
    [
        ([FAST], 0, "ok"),
        ([measured(BURST, DISTURBED - 0.01)], 0, "Not judged"),
        ([SLOW, FAST], 0, "ok"),
        ([SLOW, SLOW_TO_REFUSE], 0, "ok"),
        ([SLOW, SLOW], 1, "Slower than the budget allows: acknowledged at 64"),
        ([SLOW_ON_A_BUSY_MACHINE], 0, "Not judged"),
        ([SLOW, SLOW_ON_A_BUSY_MACHINE], 0, "Not judged"),
    ],
)
def test_only_what_is_slow_twice_on_a_quiet_machine_exceeds_it(
    measurements: list[Results],
    status: int,
    last_word: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = iter(measurements)
    monkeypatch.setattr(budget, "measure_budget", lambda _: next(left))
    told: list[str] = []
    assert check_budget(cast("Setting", None), told.append) == status
    assert told[-1].startswith(last_word)
    assert next(left, None) is None


def test_what_cannot_be_measured_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Setting) -> Results:
        raise ServerError("A server did not start.")

    monkeypatch.setattr(budget, "measure_budget", fail)
    told: list[str] = []
    assert check_budget(cast("Setting", None), told.append) == 1
    assert told == ["The budget could not be measured: A server did not start."]
