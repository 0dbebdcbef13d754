"""What a scenario is: a portfolio, steps that change it or send a payload, and what to expect."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sample_payloads.edits import Edits
    from sample_payloads.portfolio import Building
    from sample_payloads.signatures import Mistake

SEED = 1
"""The seed where none is given: the same people and ids every time."""


class Holding(StrEnum):
    """What the next webhooks of a connection do while one of it is being retried."""

    #: They wait: only so the order of delivery is kept, which Propexo guarantees.
    WAIT = "wait"
    #: They go on, and the retry comes late.
    GO_ON = "go_on"


class Change(StrEnum):
    """What a step does to the portfolio."""

    IMPORT = "import"
    ADD_PROPERTY = "add_property"
    RENAME_PROPERTY = "rename_property"
    ADD_UNIT = "add_unit"
    CORRECT_UNIT = "correct_unit"
    SIGN_LEASE = "sign_lease"
    CANCEL_LEASE = "cancel_lease"
    MOVE_IN = "move_in"
    CHANGE_OCCUPANTS = "change_occupants"
    RENEW = "renew"
    GIVE_NOTICE = "give_notice"
    MOVE_OUT = "move_out"
    SYNC = "sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """How the webhooks of a step travel."""

    copies: int = 1
    """How many requests are sent at once for the first attempt."""
    mistake: Mistake | None = None
    """How they are signed wrongly."""
    retries: bool = True
    lose_requests: int = 0
    """So many first attempts never reach the receiver."""
    lose_answers: int = 0
    """Of so many attempts that follow, the answer never comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; either `change`, `sample` or `payload` says what it sends."""

    number: int
    where: str
    """How errors name it, such as `step 3 (line 41)`."""
    after_s: float = 0.0
    """Seconds of the scenario's time since the step before."""
    repeat: int = 1
    carriage: Carriage = field(default_factory=Carriage)
    change: Change | None = None
    connection_id: str | None = None
    property_id: str | None = None
    unit: str | None = None
    """The number of one unit; None leaves the choice to the seed."""
    units: int = 1
    """How many units are chosen."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """What the change takes beside that."""
    sample: str | None = None
    edits: Edits | None = None
    payload: Mapping[str, Any] | None = None

    @property
    def title(self) -> str:
        """What it does, in a word or two. Foreign text."""
        return str(self.change or self.sample or "payload").replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedUnit:
    """How one unit must be in the end."""

    connection_id: str
    property_id: str
    number: str
    fields: Mapping[str, Any]
    """Values by the names of a scenario file, such as `occupants`; others are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a scenario expects; a count that is None, or a name that is missing, is not compared."""

    webhooks: int | None = None
    delivered: int | None = None
    given_up: int | None = None
    answers: Mapping[str, int] = field(default_factory=dict)
    """Attempts by the status of their answer; `none` for those without one."""
    events: Mapping[str, int] = field(default_factory=dict)
    """Events in the store by `state`, `state.outcome` or `state.reason`."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Refused deliveries in the store by the code of their diagnosis."""
    duplicates: int | None = None
    """Deliveries in the store that repeated an event."""
    ordered: bool = True
    """Whether events are in the store in the order in which they happened."""
    final_units: bool = True
    """Whether units that were told of end as the portfolio has them."""
    units: tuple[ExpectedUnit, ...] = ()
    """Single units, and how they must be in the store in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scripted sequence of what Propexo sends."""

    name: str
    title: str
    shows: str
    speed: float = 1.0
    """How many times faster than it would really happen, unless the user says otherwise."""
    while_retrying: Holding = Holding.WAIT
    buildings: tuple[Building, ...] = ()
    unlinked: frozenset[tuple[str, str]] = frozenset()
    """(connection, property) of buildings that the receiver is not meant to know."""
    steps: tuple[Step, ...] = ()
    expect: Expectation = field(default_factory=Expectation)

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """(connection, property) that must be registered and linked for it to go as expected."""
        pairs = ((each.connection_id, each.property_id) for each in self.buildings)
        return tuple(pair for pair in dict.fromkeys(pairs) if pair not in self.unlinked)
