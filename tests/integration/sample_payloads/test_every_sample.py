"""Every sample of the catalogue, sent to a receiver with a new store, does what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sample_payloads.catalogue import Sample, load_catalogue
from sample_payloads.edits import Edits, Timestamps, edit_body
from store.notifications import notifications_of_event
from store.reading.events import get_event
from store.reading.units import changes_of_event
from tests.conftest import wait_until

if TYPE_CHECKING:
    from tests.conftest import Bench

CATALOGUE = load_catalogue()


def send(bench: Bench, sample: Sample, timestamps: Timestamps) -> int:
    """Sends a sample as `send` does; the number of its delivery."""
    fresh = None if sample.exact else timestamps.next()
    bench.post(edit_body(sample.body, Edits(), fresh))
    return bench.deliveries()[-1].id


@pytest.mark.parametrize("sample", CATALOGUE, ids=lambda sample: sample.name)
def test_it_does_what_it_says(bench: Bench, sample: Sample) -> None:
    timestamps = Timestamps()
    for each in CATALOGUE.with_preparation(sample):
        number = send(bench, each, timestamps)
        bench.settle()
    (delivery,) = [found for found in bench.deliveries() if found.id == number]
    expected: dict[str, Any] = dict(sample.expect)
    assert (delivery.status, delivery.verdict) == (expected["status"], expected["verdict"])
    if delivery.event_id is None:
        assert "state" not in expected
        return
    event = bench.read(get_event, delivery.event_id)
    assert event is not None
    for name in ("state", "outcome", "reason"):
        if name in expected:
            assert getattr(event, name) == expected[name], event
    changes = bench.read(changes_of_event, event.id)
    notices = bench.read(notifications_of_event, event.id)
    if "changes" in expected:
        assert {change.field for change in changes} == set(expected["changes"])
    if "rubs" in expected:
        assert any(change.affects_rubs for change in changes) == expected["rubs"]
    if "notifications" in expected:
        assert {notice.kind for notice in notices} == set(expected["notifications"])


def test_they_can_all_be_sent_one_after_the_other(bench: Bench) -> None:
    """In the order of the listing, as somebody does who tries them: nothing is lost or stuck."""
    timestamps = Timestamps()
    for sample in CATALOGUE:
        send(bench, sample, timestamps)
    wait_until(lambda: len(bench.deliveries()) == len(CATALOGUE.samples))
    assert {event.state.value for event in bench.settle()} <= {"processed", "ignored"}
