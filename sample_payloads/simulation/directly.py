"""Plays a scenario by a plain function that sends: for test suites and their clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from receiver.arrival.origin import ORIGIN_HEADER
from sample_payloads.sending import Reply
from sample_payloads.simulation.library import find_scenario
from sample_payloads.simulation.simulation import Simulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from sample_payloads.sending import Outgoing
    from sample_payloads.simulation.report import Report

_AT_ONCE = 1e9
"""So fast that a day of retries takes a tenth of a millisecond."""


def play_directly(
    scenario: str, secret: bytes, send: Callable[[bytes, dict[str, str]], int], *, seed: int
) -> Report:
    """Plays a scenario without the waiting, one request at a time, in the caller's thread.

    That thread must not be inside of an event loop.

    Args:
        scenario: a name or a file.
        secret: the signing secret.
        send: posts a body with headers, and gives the status of the answer.
        seed: people, ids and choices.

    Raises:
        UnknownScenarioError: there is no such scenario.
        ScenarioError: it cannot be played.
    """

    async def post(outgoing: Outgoing) -> Reply:
        headers = {name: value for name, value in outgoing.headers if name != ORIGIN_HEADER}
        status = send(outgoing.body, headers)
        return Reply(status=status, answer=None, ms=0.0)

    simulation = Simulation(
        find_scenario(scenario),
        Target(url="", secret=secret, program="Propexo"),
        speed=_AT_ONCE,
        seed=seed,
        post=post,
    )
    return asyncio.run(simulation.run())
