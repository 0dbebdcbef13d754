from __future__ import annotations

from benchmarks.budget import BURST, LIMITS, judge
from benchmarks.figures import OURS, RAW, Measurement, Results
from benchmarks.scenarios.processing import LARGE
from benchmarks.scenarios.starting import HELP, LISTEN, LIVE, PAINT, PYTHON, TEXTUAL

RATE = 10_000.0


def measured(share: float) -> Results:
    found = [
        Measurement("processing", OURS, LARGE, {"rate": RATE}),
        Measurement("refused", RAW, "64", {"rate": RATE}),
        Measurement("refused", OURS, "64", {"rate": RATE}),
        Measurement("burst", RAW, "64", {"rate": RATE}),
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
