"""The property management system behind Propexo: buildings and who lives in them, in memory.

Its words are those of a leasing office (building, apartment, tenancy, tenant), so that they are not
taken for the receiver's records. `portfolio.webhooks` says how Propexo tells of them, `pms` how its
API lists them.
"""

from sample_payloads.portfolio.generation import (
    Building,
    Source,
    add_buildings,
    make_portfolio,
    sample_portfolio,
)
from sample_payloads.portfolio.office import Office
from sample_payloads.portfolio.portfolio import NoSuchRecordError, Portfolio

__all__ = [
    "Building",
    "NoSuchRecordError",
    "Office",
    "Portfolio",
    "Source",
    "add_buildings",
    "make_portfolio",
    "sample_portfolio",
]
