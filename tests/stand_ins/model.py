"""What deliveries of units come to: a pure function of the bodies, without store, socket or clock.

It knows nothing of the code that it is compared with but the identity of a body, whose own tests
are `tests/unit/receiver/test_strict_json_properties.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from receiver.judging.strict_json import identify
from store.records import EventState, Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = ("status", "sqft", "bedrooms", "bathrooms")
End: TypeAlias = "tuple[EventState, Outcome | None, Reason | None]"
Key: TypeAlias = "tuple[str, str]"
_STRANGE: End = (EventState.IGNORED, None, Reason.UNKNOWN_CONNECTION)
_UNLINKED: End = (EventState.IGNORED, None, Reason.UNLINKED_PROPERTY)
_STALE: End = (EventState.IGNORED, None, Reason.STALE)
_PING: End = (EventState.PROCESSED, Outcome.ACKNOWLEDGED, None)


@dataclass
class Model:
    """What the bodies delivered so far have come to."""

    strangers: frozenset[str] = frozenset()
    """Connections that nobody registered."""
    unlinked: frozenset[str] = frozenset()
    """Properties that nobody linked."""
    seen: dict[bytes, int] = field(default_factory=dict)
    """Identities, and the place of their event in `ends`."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    """Of each event, in the order received."""
    ends: list[End] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    """How often each event was delivered."""
    applied: dict[Key, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """By connection and unit: the timestamp that is in force, and what is."""
    changes: list[tuple[str, str, Any, Any]] = field(default_factory=list)
    """Unit, field, old and new value."""

    def deliver(self, body: dict[str, Any]) -> bool:
        """Returns whether it is a duplicate."""
        identity = identify(body)
        known = self.seen.get(identity)
        if known is not None:
            self.deliveries[known] += 1
            return True
        self.seen[identity] = len(self.ends)
        self.bodies.append(body)
        self.deliveries.append(1)
        self.ends.append(self._judge(body, force=False))
        return False

    def deliver_all(self, bodies: Iterable[dict[str, Any]]) -> None:
        for body in bodies:
            self.deliver(body)

    def reprocess(self, place: int, *, force: bool) -> None:
        """Processes an event again, by its place among all."""
        self.ends[place] = self._judge(self.bodies[place], force=force)

    def _judge(self, body: dict[str, Any], *, force: bool) -> End:
        if body["event"] == "test.ping":
            return _PING
        if body["connection_id"] in self.strangers:
            return _STRANGE
        if body["data"]["property_id"] in self.unlinked:
            return _UNLINKED
        key = (body["connection_id"], body["data"]["id"])
        known = self.applied.get(key)
        if known and body["timestamp"] < known[0] and not force:
            return _STALE
        said = {name: body["data"][name] for name in FIELDS}
        self.applied[key] = (body["timestamp"], said)
        if known is None:
            return (EventState.PROCESSED, Outcome.CREATED, None)
        changed = [name for name in FIELDS if known[1][name] != said[name]]
        self.changes += [(key[1], name, known[1][name], said[name]) for name in changed]
        outcome = Outcome.UPDATED if changed else Outcome.UNCHANGED
        return (EventState.PROCESSED, outcome, None)
