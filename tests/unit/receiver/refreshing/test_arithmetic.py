"""Pages, pauses and plans."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from receiver.refreshing.facts import Stay
from receiver.refreshing.leasing import count_occupants
from receiver.refreshing.pacing import (
    Allowance,
    Patience,
    pause_after,
    read_allowance,
    read_retry_after,
)
from receiver.refreshing.paging import Listing, Page, ShiftedError, pages_of
from receiver.refreshing.planning import make_plan
from store.refreshes import Refresh, RefreshState

NOW = datetime(2026, 3, 25, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("records", "pages"),
    [(0, 1), (1, 1), (250, 1), (251, 2), (499, 2), (500, 3), (1_200, 5), (1_246, 5), (1_247, 6)],
)
def test_how_many_pages_a_list_has(records: int, pages: int) -> None:
    assert pages_of(records) == pages


def page(*ids: str, has_more: bool | None = None, total: int | None = None) -> Page:
    return Page(tuple({"id": each} for each in ids), has_more, total, 3)


def test_each_page_begins_with_the_last_record_of_the_one_before() -> None:
    listing = Listing()
    listing.add(page("a", "b", "c"))
    assert listing.next_offset == 2
    listing.add(page("c", "d", "e"))
    assert listing.next_offset == 4
    listing.add(page("e"))
    assert listing.done
    assert [each["id"] for each in listing.records] == ["a", "b", "c", "d", "e"]


def test_a_page_without_that_record_says_that_some_were_passed_over() -> None:
    listing = Listing()
    listing.add(page("a", "b", "c"))
    with pytest.raises(ShiftedError):
        listing.add(page("d", "e"))


def test_a_list_that_is_shorter_than_its_total_is_not_complete() -> None:
    listing = Listing()
    listing.add(page("a", "b", has_more=False, total=3))
    assert listing.done
    assert not listing.complete


@pytest.mark.parametrize(
    ("remaining", "since", "pause"), [(150, 5, 0), (31, 5, 0), (30, 5, 2), (1, 5, 2), (0, 5, 55)]
)
def test_how_long_to_pause(remaining: int, since: float, pause: float) -> None:
    assert pause_after(Allowance(150, remaining), since) == pause
    assert pause_after(None, since) == 0


def test_the_allowance_is_read_from_headers() -> None:
    headers = {"x-ratelimit-limit": "150", "x-ratelimit-remaining": " 7 "}
    assert read_allowance(headers) == Allowance(150, 7)
    assert read_allowance({"x-ratelimit-limit": "150"}) is None
    assert read_allowance({"x-ratelimit-limit": "many", "x-ratelimit-remaining": "-1"}) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("Wed, 25 Mar 2026 16:00:30 GMT", 30),
        ("Wed, 25 Mar 2026 15:00:00 GMT", 0),
        ("999999", 3_600),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after(text: str | None, seconds: float | None) -> None:
    assert read_retry_after(text, NOW) == seconds


def test_patience_grows_to_a_bound_and_heeds_the_server() -> None:
    patience = Patience(first_s=1, longest_s=5)
    assert [patience.delay(failures) for failures in (1, 2, 3, 4, 5)] == [1, 2, 4, 5, 5]
    assert patience.delay(1, 30) == 30
    assert patience.delay(4, 1) == 5


LINKED = [f"p{number}" for number in range(25)]


def test_everything_is_listed_at_once_when_most_is_linked() -> None:
    stats = {"units_synced": 1_200, "leases_synced": 980}
    plan = make_plan("c", LINKED, {}, stats)
    assert (plan.whole, plan.requests, len(plan.units), len(plan.leases)) == (True, 9, 1, 1)
    assert plan.units[0].filters == (("integration_id", "c"),)


def test_few_linked_properties_are_listed_one_by_one() -> None:
    stats = {"units_synced": 1_200, "leases_synced": 980}
    plan = make_plan("c", LINKED[:4], dict.fromkeys(LINKED[:4], 48), stats)
    assert (plan.whole, plan.requests) == (False, 8)
    assert plan.leases[3].filters == (("integration_id", "c"), ("property_id", "p3"))
    assert make_plan("c", LINKED[:5], {}, stats).whole


@pytest.mark.parametrize("nonsense", [{}, {"units_synced": "many"}, {"units_synced": True}])
def test_a_plan_does_without_counts(nonsense: dict[str, object]) -> None:
    plan = make_plan("c", ["p"], {"p": 600}, nonsense)  # type: ignore[arg-type]
    # The connection may have many more properties, so only this one is asked for.
    assert (plan.whole, plan.requests) == (False, 6)
    assert make_plan("c", LINKED, dict.fromkeys(LINKED, 48), nonsense).whole  # type: ignore[arg-type]


def test_occupants_are_counted_where_none_are_told() -> None:
    stays = (Stay(), Stay("2026-01-01"), Stay("2026-06-01"), Stay(None, "2026-02-01"))
    assert count_occupants(stays, "2026-03-25", None, None) == 2
    assert count_occupants((), "2026-03-25", None, None) is None


@pytest.mark.parametrize(
    ("moved_out", "known", "since", "count"),
    [
        # A child who is no resident stays counted.
        (None, 3, "2026-03-01", 3),
        # Who moved out since is counted off, and not twice.
        ("2026-03-10", 3, "2026-03-01", 2),
        ("2026-03-10", 2, "2026-03-20", 2),
        # Never below those who are listed.
        (None, 1, "2026-03-01", 2),
        ("2026-03-10", 3, None, 3),
    ],
)
def test_a_count_that_was_told_stays_but_for_who_left(
    moved_out: str | None, known: int, since: str | None, count: int
) -> None:
    stays = (Stay(), Stay(None, moved_out)) if moved_out else (Stay(), Stay())
    assert count_occupants(stays, "2026-03-25", known, since) == count


def test_the_time_that_is_left_follows_the_pace() -> None:
    refresh = Refresh(
        event_id=1,
        connection_id="c",
        state=RefreshState.FETCHING,
        asked_at=NOW,
        started_at=NOW.replace(minute=0),
        requests=3,
        requests_expected=9,
    )
    assert refresh.seconds_left(NOW.replace(second=6)) == pytest.approx(12)
    over = Refresh(event_id=1, connection_id="c", state=RefreshState.DONE, asked_at=NOW)
    assert over.seconds_left(NOW) is None
