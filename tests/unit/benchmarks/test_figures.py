from __future__ import annotations

import pytest

from benchmarks.figures import OURS, RAW, Measurement, Results, percentile
from benchmarks.record import Record, read_record


def burst(subject: str, *rates: float, case: str = "64") -> list[Measurement]:
    return [Measurement("burst", subject, case, {"rate": rate}) for rate in rates]


@pytest.mark.parametrize(
    ("share", "expected"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100), (0.001, 1)]
)
def test_a_percentile_is_one_of_the_values(share: float, expected: int) -> None:
    assert percentile(range(1, 101), share) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.5) == percentile([7.0], 0.999) == 7.0


def test_a_ratio_is_taken_round_by_round() -> None:
    # The machine was ten times slower in the third round; the ratio of medians would be 0.05.
    results = Results([*burst(RAW, 1000, 1000, 100), *burst(OURS, 50, 500, 50)])
    assert results.ratio("burst", OURS, "64", "rate") == 0.5


def test_what_was_not_measured_is_none() -> None:
    results = Results(burst(OURS, 500))
    assert results.median("burst", RAW, "64", "rate") is None
    assert results.median("burst", OURS, "64", "p99_ms") is None
    assert results.ratio("burst", OURS, "64", "rate") is None
    assert results.median("burst", OURS, "64", "rate") == 500


def test_a_record_comes_back_as_it_was() -> None:
    record = Record(
        day="2026-03-26",
        machine="A machine.",
        remarks={"mitmdump -w": "not found"},
        results=Results(burst(OURS, 500.5, 501)),
    )
    again = read_record(record.write())
    assert again.results.measurements == record.results.measurements
    assert (again.day, again.machine, again.remarks) == (
        record.day,
        record.machine,
        record.remarks,
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"measurements": [{"a": 1}]}', '"text"'])
def test_something_else_is_no_record(text: str) -> None:
    with pytest.raises(ValueError, match="no results of the benchmarks"):
        read_record(text)
