"""The units of one property, with sums over all of them that follow each change of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from store.records import Unit


class Sum(Protocol):
    """What can be added up, and taken away again without a rest."""

    def __add__(self, other: Self, /) -> Self:
        """Both together."""

    def __sub__(self, other: Self, /) -> Self:
        """What is left without the other."""


_S = TypeVar("_S", bound=Sum)
Measure: TypeAlias = "Callable[[Unit], _S]"


class _Kept(Generic[_S]):
    """What each unit measures, and all of them together."""

    def __init__(self, measure: Measure[_S], units: Iterable[Unit], nothing: _S) -> None:
        self._measure = measure
        self.by_unit = {unit.unit_id: measure(unit) for unit in units}
        self.total: _S = sum(self.by_unit.values(), nothing)

    def put(self, unit: Unit) -> None:
        before, now = self.by_unit.get(unit.unit_id), self._measure(unit)
        if before is not now and before != now:
            self.total = self.total + now if before is None else self.total - before + now
            self.by_unit[unit.unit_id] = now

    def remove(self, unit: Unit) -> None:
        self.total -= self.by_unit.pop(unit.unit_id)


class Building:
    """Units by their id. Not to be used while it is iterated over."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self._units = {unit.unit_id: unit for unit in units}
        self._kept: dict[Measure[Any], _Kept[Any]] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._units)

    def __iter__(self) -> Iterator[Unit]:
        """Every unit."""
        return iter(self._units.values())

    def put(self, unit: Unit) -> None:
        """Adds a unit, or puts it in the place of what it was."""
        self._units[unit.unit_id] = unit
        for kept in self._kept.values():
            kept.put(unit)

    def remove(self, unit_id: str) -> None:
        """Takes a unit out, if it is there."""
        unit = self._units.pop(unit_id, None)
        if unit is not None:
            for kept in self._kept.values():
                kept.remove(unit)

    def total(self, measure: Measure[_S], nothing: _S) -> _S:
        """What all units measure together.

        It is added up once and then kept up to date, so a change of one unit costs the same in a
        building of ten and of a thousand.

        Args:
            measure: of one unit; the same function each time.
            nothing: of no units.
        """
        kept: _Kept[_S] | None = self._kept.get(measure)
        if kept is None:
            kept = self._kept[measure] = _Kept(measure, self, nothing)
        return kept.total

    def part(self, measure: Measure[_S], unit_id: str) -> _S | None:
        """What one unit has of a total that was asked for; None if it is not there."""
        kept: _Kept[_S] = self._kept[measure]
        return kept.by_unit.get(unit_id)
