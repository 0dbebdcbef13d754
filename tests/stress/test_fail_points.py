"""The receiver dies at each named step on the way of an event; the sender tries again."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.conftest import wait_until
from tests.stand_ins.fail_point import STEPS
from tests.stress.house import write_body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.stress.house import House

SOME = ("before the answer", "before its end is committed")


def die_at(house: House, steps: Iterable[str]) -> None:
    receiver, bodies = house.receiver, [write_body()]
    for number, name in enumerate(steps, start=1):
        receiver.start(("-m", "tests.stand_ins.fail_point", name))
        # What the death before this one left without an answer is sent again, and all before it.
        for body in bodies:
            house.deliver_until_taken(body)
        house.drain()
        receiver.send(signal.SIGUSR1)
        wait_until(lambda: "armed" in receiver.said, "it is armed")
        receiver.said.remove("armed")
        bodies.append(write_body(sqft=900 + number))
        house.deliver(bodies[-1])
        wait_until(lambda: not receiver.running, f"its death {name}", 10)
        house.require_kept()
    receiver.start()
    for body in bodies:
        house.deliver_until_taken(body)
    house.finish()


def test_it_dies_at_some_steps(house: House) -> None:
    die_at(house, SOME)


@pytest.mark.stress
def test_it_dies_at_every_step(house: House) -> None:
    die_at(house, STEPS)
