"""A receiver that refreshes from a stand-in of the API, and asks again at once."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from receiver.arrival.port import Address
from receiver.billing.bills import Allocation
from receiver.operations import perform
from receiver.refreshing.pacing import Patience
from receiver.refreshing.sources import Source
from receiver.service import ReceiverService, ReceiverSettings
from store.database import Database
from store.reader import Reader
from store.reading.events import get_event
from store.reading.units import find_units
from store.records import EventState
from store.refreshes import Refresh, refresh_of_event
from tests.conftest import Bench, wait_until
from tests.stand_ins.propexo_api import TOKEN, PropexoApi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from meterbase_tui.runtime import Runtime
    from meterbase_tui.settings import Settings
    from store.records import Event, Unit

CONNECTION, PROPERTY = "conn_abc123", "prop_001"
_HASTY = Patience(first_s=0.02, longest_s=0.1, tries=5)
_numbers = itertools.count(1)


@dataclass
class OneSource:
    """The same source for every connection."""

    source: Source

    def refuse(self, _: str, /) -> str | None:
        return None

    async def open(self, _: str, /) -> Source:
        return self.source

    async def close(self) -> None:
        """Nothing to end."""


@dataclass
class House:
    """As much of a runtime as a bench needs, with an API and little patience."""

    settings: Settings
    database: Database
    service: ReceiverService

    @property
    def url(self) -> str:
        return self.service.address.url


def stamp(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat().replace("+00:00", "Z")


def unit_update(unit_id: str, timestamp: str | None, **data: Any) -> dict[str, Any]:
    return {
        "event": "data.update",
        "timestamp": timestamp or stamp(),
        "connection_id": CONNECTION,
        "resource_type": "unit",
        "data": {"id": unit_id, "property_id": PROPERTY} | data,
    }


class RefreshBench(Bench):
    """A receiver beside an API."""

    api: PropexoApi

    def link(self, *property_ids: str, connection_id: str = CONNECTION) -> None:
        self.write(perform, "register_connection", {"connection_id": connection_id})
        for property_id in property_ids:
            arguments = {"connection_id": connection_id, "property_id": property_id}
            self.write(perform, "link_property", arguments)

    def sync(self, *, connection_id: str = CONNECTION, seconds: float = 60, **more: Any) -> Event:
        """Delivers a `sync.complete`, and gives its event when it has ended."""
        event_id = self.ask(connection_id=connection_id, **more)
        return next(event for event in self.settle(seconds) if event.id == event_id)

    def ask(self, *, connection_id: str = CONNECTION, **more: Any) -> int:
        """Delivers a `sync.complete`; the number of its event."""
        body = {
            "event": "sync.complete",
            "timestamp": stamp(),
            "connection_id": connection_id,
            "sync_id": f"sync_{next(_numbers)}",
        }
        return int(self.post(body | more).json["event_id"])

    def tell_unit(self, unit_id: str, timestamp: str | None = None, **data: Any) -> Event:
        """Delivers an update of a unit, and gives its event when it has ended."""
        return self.deliver(unit_update(unit_id, timestamp, **data))

    def tell_meanwhile(self, unit_id: str, **data: Any) -> None:
        """The same while a refresh runs: gives way when the event itself has ended."""
        event_id = self.post(unit_update(unit_id, None, **data)).json["event_id"]

        # A reader of its own: this is called on the API's thread.
        reader = Reader(self.settings.db)

        def ended() -> bool:
            with reader.connect() as connection:
                event = get_event(connection, event_id)
            return event is not None and event.state is EventState.PROCESSED

        wait_until(ended, "the event was processed")
        reader.close()

    def refresh(self, event: Event | int) -> Refresh:
        """The refresh that an event asked for."""
        found = self.read(refresh_of_event, event if isinstance(event, int) else event.id)
        assert found is not None
        return found

    def unit(self, unit_id: str) -> Unit:
        [unit] = self.read(find_units, unit_id)
        return unit


@pytest.fixture
def api() -> Iterator[PropexoApi]:
    with PropexoApi() as server:
        yield server


@pytest.fixture
def open_house(
    settings: Settings, api: PropexoApi
) -> Callable[..., AbstractContextManager[RefreshBench]]:
    """Opens a receiver on the test's store that refreshes from the test's API."""

    @contextmanager
    def opened(patience: Patience = _HASTY, key: str = TOKEN) -> Iterator[RefreshBench]:
        database = Database(settings.db)
        service = ReceiverService(
            database,
            settings.secrets,
            Address("127.0.0.1", 0),
            ReceiverSettings(
                sources=OneSource(Source(api.url, key)),
                allocation=Allocation(),
                patience=patience,
            ),
        )
        bench = RefreshBench(cast("Runtime", House(replace(settings), database, service)))
        bench.api = api
        try:
            yield bench
        finally:
            bench.close()
            service.close()
            database.close()

    return opened


@pytest.fixture
def house(
    open_house: Callable[..., AbstractContextManager[RefreshBench]],
) -> Iterator[RefreshBench]:
    with open_house() as opened:
        yield opened


def fill(api: PropexoApi, count: int, property_id: str = PROPERTY, leases: int = 0) -> None:
    """Units and leases of one property, numbered from 1."""
    for number in range(1, count + 1):
        unit_id = f"unit_{property_id[-3:]}_{number:04}"
        api.put_unit(unit_id, property_id, is_vacant=number > leases)
        if number <= leases:
            api.put_lease(f"lease_{unit_id}", unit_id)
