"""Portfolios out of a seed: the same seed and day always make the same records."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sample_payloads.portfolio.holdings import Apartment, Premises, Tenancy, Tenant, Terms
from sample_payloads.portfolio.portfolio import Portfolio
from store.connections import SAMPLE_CONNECTION, SAMPLE_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SAMPLE_DAY = date(2026, 3, 25)
"""The day of the published examples."""
SAMPLE_UNIT, SAMPLE_LEASE = "unit_xyz789", "lease_abc"
_SAMPLE_NUMBER = "305"
_SAMPLE_BUILDINGS = 25
_A_FLOOR = 8
_FIRST_NAMES = (
    "Amara", "Benjamin", "Chloé", "Daniel", "Elena", "Farid", "Grace", "Hiroshi", "Ines", "Jamal",
    "Keiko", "Liam", "Maria", "Noah", "Olivia", "Priya", "Quentin", "Rosa", "Samuel", "Thandiwe",
    "Uma", "Victor", "Wei", "Ximena", "Yusuf", "Zoë",
)  # fmt: skip
_LAST_NAMES = (
    "Adeyemi", "Brown", "Chen", "Diaz", "Evans", "Fischer", "García", "Haddad", "Ito", "Johnson",
    "Kowalski", "Lee", "Müller", "Nguyen", "O’Brien", "Patel", "Quinn", "Robinson", "Silva",
    "Taylor", "Usman", "Vega", "Walker", "Xu", "Young", "Zimmermann",
)  # fmt: skip
_STREETS = ("Juniper St", "Harbor Ave", "Mill Rd", "Alder Way", "Congress Ave", "Lakeview Dr")
_BUILDING_NAMES = ("Juniper Court", "Harbor House", "The Mill", "Alder Place", "Lakeview")
_CITY = "Austin, TX"
_PLANS = (
    (520, 0, 1.0),
    (640, 1, 1.0),
    (710, 1, 1.0),
    (950, 2, 1.0),
    (1020, 2, 2.0),
    (1280, 3, 2.5),
)
"""Square feet, bedrooms (0 is a studio) and bathrooms."""
_HOUSEHOLDS = (1, 1, 1, 2, 2, 2, 2, 3, 4, 5)
"""How many live in an apartment, as often as they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building to be made."""

    connection_id: str
    property_id: str
    name: str | None = None
    units: int = 48
    occupied: int = 0
    """How many of them; which ones, the seed says."""


def make_portfolio(buildings: Iterable[Building], *, seed: int, day: date) -> Portfolio:
    """A portfolio of these buildings, as it is on a day.

    A building's records depend on the seed, its ids and the day, and not on the other buildings.
    """
    portfolio = Portfolio(day)
    add_buildings(portfolio, buildings, seed=seed)
    return portfolio


def add_buildings(portfolio: Portfolio, buildings: Iterable[Building], *, seed: int) -> None:
    """Makes the buildings that a portfolio does not have yet."""
    for each in buildings:
        if (each.connection_id, each.property_id) not in portfolio.premises:
            source = Source(f"{seed}/{each.connection_id}/{each.property_id}")
            _build(portfolio, each, source)


def sample_portfolio() -> Portfolio:
    """The portfolio of the sample connection: as the published examples leave it.

    25 properties, 1,200 units and 980 leases, as the sample `sync.complete` counts them. The unit
    of the samples is one of the first property's.
    """
    portfolio = make_portfolio(_sample_buildings(), seed=1, day=SAMPLE_DAY)
    place = next(
        each
        for each in portfolio.apartments_of(SAMPLE_CONNECTION, SAMPLE_PROPERTY)
        if each.number == _SAMPLE_NUMBER
    )
    _move_in_the_sample(portfolio, place)
    return portfolio


def _sample_buildings() -> Iterator[Building]:
    for number in range(1, _SAMPLE_BUILDINGS + 1):
        yield Building(
            connection_id=SAMPLE_CONNECTION,
            property_id=f"prop_{number:03}",
            name="Sample building" if number == 1 else None,
            occupied=_sample_occupied(number),
        )


def _sample_occupied(number: int) -> int:
    """So that all 25 have 980 tenancies: 20 times 39 and 5 times 40, with that of the samples."""
    if number == 1:
        return 38
    return 39 if number <= 20 else 40  # noqa: PLR2004


def _move_in_the_sample(portfolio: Portfolio, place: Apartment) -> None:
    """Puts the unit and the lease of the published examples in the place of what was made."""
    at = datetime(2026, 3, 25, 15, tzinfo=UTC)
    del portfolio.apartments[place.connection_id, place.id]
    unit = replace(
        place, id=SAMPLE_UNIT, sqft=950, bedrooms=2, bathrooms=1.0, status="occupied",
        updated_at=at,
    )  # fmt: skip
    portfolio.put(unit)
    tenants = tuple(
        Tenant(id=f"res_{SAMPLE_LEASE}_{n}", name=name, email=email, phone="+1 512 555 0100")
        for n, (name, email) in enumerate(
            (("John Smith", "john.smith@example.com"), ("Jane Smith", "jane.smith@example.com")), 1
        )
    )
    portfolio.put(
        Tenancy(
            connection_id=unit.connection_id,
            id=SAMPLE_LEASE,
            property_id=unit.property_id,
            unit_id=unit.id,
            tenants=tenants,
            start=date(2026, 4, 1),
            end=date(2027, 3, 31),
            terms=Terms.ACTIVE,
            created_at=at,
            updated_at=at,
        )
    )


class Source:
    """Ids, people and plans out of a seed."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - to be the same every time

    def new_id(self, kind: str) -> str:
        """An id such as `unit_0c5b8a9d1e`."""
        return f"{kind}_{self.chance.getrandbits(40):010x}"

    def tenant(self, family: str | None = None) -> Tenant:
        """Somebody, with an address that nobody can be written to."""
        first = self.chance.choice(_FIRST_NAMES)
        last = family or self.chance.choice(_LAST_NAMES)
        name = f"{first} {last}"
        return Tenant(
            id=self.new_id("res"),
            name=name,
            email=f"{self.new_id('tenant')}@example.com",
            phone=f"+1 512 555 01{self.chance.randrange(100):02}",
        )

    def household(self, size: int | None = None) -> tuple[Tenant, ...]:
        """People who move in together."""
        count = size or self.chance.choice(_HOUSEHOLDS)
        first = self.tenant()
        family = first.name.partition(" ")[2]
        return (first, *(self.tenant(family) for _ in range(count - 1)))

    def premises(self, building: Building, at: datetime) -> Premises:
        """A building's own record."""
        return Premises(
            connection_id=building.connection_id,
            id=building.property_id,
            name=building.name or f"{self.chance.choice(_BUILDING_NAMES)} {building.property_id}",
            street=f"{self.chance.randrange(100, 9900)} {self.chance.choice(_STREETS)}",
            city=_CITY,
            created_at=at,
            updated_at=at,
        )

    def apartment(
        self, connection_id: str, property_id: str, number: str, at: datetime
    ) -> Apartment:
        """A vacant apartment."""
        sqft, bedrooms, bathrooms = self.chance.choice(_PLANS)
        return Apartment(
            connection_id=connection_id, id=self.new_id("unit"), property_id=property_id,
            number=number, sqft=sqft, bedrooms=bedrooms, bathrooms=bathrooms, status="vacant",
            created_at=at, updated_at=at,
        )  # fmt: skip


def _build(portfolio: Portfolio, building: Building, source: Source) -> None:
    before = datetime.combine(portfolio.day, time(), UTC) - timedelta(days=400)
    portfolio.put(source.premises(building, before))
    apartments = [
        source.apartment(building.connection_id, building.property_id, _number(index), before)
        for index in range(building.units)
    ]
    for apartment in apartments:
        portfolio.put(apartment)
    # The apartment of the published examples gets its tenancy by itself.
    free = [each for each in apartments if (each.property_id, each.number) != _RESERVED]
    chosen = source.chance.sample(free, min(building.occupied, len(free)))
    for apartment in sorted(chosen, key=lambda each: each.number):
        _let(portfolio, apartment, source)


_RESERVED = (SAMPLE_PROPERTY, _SAMPLE_NUMBER)


def _number(index: int) -> str:
    """101 to 108 on the first floor, and so on."""
    return f"{index // _A_FLOOR + 1}{index % _A_FLOOR + 1:02}"


def _let(portfolio: Portfolio, apartment: Apartment, source: Source) -> None:
    start = portfolio.day - timedelta(days=source.chance.randrange(10, 340))
    at = datetime.combine(start, time(hour=9), UTC)
    portfolio.put(replace(apartment, status="occupied", updated_at=at))
    portfolio.put(
        Tenancy(
            connection_id=apartment.connection_id,
            id=source.new_id("lease"),
            property_id=apartment.property_id,
            unit_id=apartment.id,
            tenants=source.household(),
            start=start,
            end=start + timedelta(days=364),
            terms=Terms.ACTIVE,
            created_at=at,
            updated_at=at,
        )
    )
