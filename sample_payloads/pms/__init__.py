"""The simulated property management system: a portfolio served through Propexo's documented API."""

from sample_payloads.pms.server import PortTakenError, SimulatedPms

__all__ = ["PortTakenError", "SimulatedPms"]
