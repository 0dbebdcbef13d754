"""The simulated property management system: a portfolio served through Propexo's documented API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.lazy_names import find_names

if TYPE_CHECKING:
    from sample_payloads.pms.server import PortTakenError, SimulatedPms
else:
    __getattr__ = find_names(__name__, {"server": ("PortTakenError", "SimulatedPms")})

__all__ = ["PortTakenError", "SimulatedPms"]
