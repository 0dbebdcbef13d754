"""The catalogue: what is in it, and how a sample is found."""

from __future__ import annotations

from importlib.resources import files

import pytest

from receiver.judging.envelope import read_envelope
from receiver.judging.strict_json import parse
from sample_payloads.catalogue import UnknownSampleError, load_catalogue

SPECIFICATION = {
    "test_ping": {"event": "test.ping", "timestamp": "2026-03-25T10:00:00Z", "data": {}},
    "data_new_unit": {
        "event": "data.new",
        "timestamp": "2026-03-25T14:30:00Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": {
            "id": "unit_xyz789",
            "property_id": "prop_001",
            "unit_number": "305",
            "sqft": 950,
            "bedrooms": 2,
            "bathrooms": 1,
            "status": "vacant",
        },
    },
    "data_update_unit": {
        "event": "data.update",
        "timestamp": "2026-03-25T15:00:00Z",
        "connection_id": "conn_abc123",
        "resource_type": "unit",
        "data": {
            "id": "unit_xyz789",
            "property_id": "prop_001",
            "unit_number": "305",
            "sqft": 950,
            "bedrooms": 2,
            "bathrooms": 1,
            "status": "occupied",
            "current_lease": {
                "resident_name": "John Smith",
                "occupant_count": 2,
                "start_date": "2026-04-01",
                "end_date": "2027-03-31",
            },
        },
        "changes": {
            "status": {"old": "vacant", "new": "occupied"},
            "current_lease": {"old": None, "new": "lease_abc"},
        },
    },
    "sync_complete": {
        "event": "sync.complete",
        "timestamp": "2026-03-25T16:00:00Z",
        "connection_id": "conn_abc123",
        "sync_id": "sync_def456",
        "stats": {
            "properties_synced": 25,
            "units_synced": 1200,
            "leases_synced": 980,
            "duration_seconds": 145,
            "errors": 0,
        },
    },
}


@pytest.mark.parametrize("name", SPECIFICATION)
def test_the_published_payloads_are_there_to_the_letter(name: str) -> None:
    sample = load_catalogue().find(name)
    assert sample.payload == SPECIFICATION[name]
    assert list(sample.payload) == list(SPECIFICATION[name])
    assert read_envelope(parse(sample.body)).event == sample.event


def test_every_payload_is_in_the_index_and_described() -> None:
    catalogue = load_catalogue()
    payloads = {
        entry.name.removesuffix(".json")
        for entry in files("sample_payloads").joinpath("payloads").iterdir()
        if entry.name.endswith(".json")
    }
    made = {"hostile_large", "refused_too_large"}
    assert {sample.name for sample in catalogue} == payloads | made
    for sample in catalogue:
        assert sample.title
        assert sample.shows.endswith(".")
        assert sample.expect["status"] in (200, 400, 413)
        assert sample.body.endswith(b"\n") == (sample.name not in made)
        for name in (*sample.after, *sample.aliases):
            assert catalogue.find(name) in catalogue.samples


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("data_new_unit", "data_new_unit"),
        ("data-new-unit", "data_new_unit"),
        ("data.new.unit", "data_new_unit"),
        ("Data_New_Unit.json", "data_new_unit"),
        ("test.ping", "test_ping"),
        ("sync.complete", "sync_complete"),
        # The type of an event stands for its first sample.
        ("data.new", "data_new_unit"),
        ("data.update", "data_update_unit"),
    ],
)
def test_names_are_found_however_they_are_joined(name: str, found: str) -> None:
    assert load_catalogue().find(name).name == found


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("data_new_unt", "Did you mean data_new_unit"),
        ("ping", "Did you mean test_ping"),
        ("zzzz", "There are test_ping, data_new_unit"),
        ("", "There are"),
    ],
)
def test_an_unknown_name_says_what_may_have_been_meant(name: str, advice: str) -> None:
    with pytest.raises(UnknownSampleError, match=advice):
        load_catalogue().find(name)


def test_a_payload_can_be_changed_without_changing_the_sample() -> None:
    sample = load_catalogue().find("data_new_unit")
    sample.payload["data"]["status"] = "gone"
    assert sample.payload["data"]["status"] == "vacant"
