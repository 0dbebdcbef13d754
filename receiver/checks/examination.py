"""All checks, in the order in which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.checks.agent import check_tunnel_agent
from receiver.checks.check import CheckStatus
from receiver.checks.clock import check_clock
from receiver.checks.connections import check_connections
from receiver.checks.drift import check_drift
from receiver.checks.duplicates import check_duplicates
from receiver.checks.endpoint import check_endpoint
from receiver.checks.forward_target import check_forward_target
from receiver.checks.listener import check_receiver
from receiver.checks.machine import check_terminal, check_versions
from receiver.checks.processing import check_processing_errors
from receiver.checks.properties import check_properties
from receiver.checks.public_url import check_public_url
from receiver.checks.response_time import check_response_time
from receiver.checks.retention import check_retention
from receiver.checks.search_index import check_search_index
from receiver.checks.secret import check_secret
from receiver.checks.signatures import check_signature_failures
from receiver.checks.store_file import check_store
from receiver.checks.tunnel import check_tunnel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from receiver.checks.check import Check
    from receiver.checks.facts import Facts

CHECKS: tuple[Callable[[Facts], Check], ...] = (
    check_secret,
    check_receiver,
    check_endpoint,
    check_store,
    check_tunnel_agent,
    check_tunnel,
    check_public_url,
    check_signature_failures,
    check_connections,
    check_properties,
    check_processing_errors,
    check_response_time,
    check_duplicates,
    check_forward_target,
    check_clock,
    check_drift,
    check_retention,
    check_search_index,
    check_versions,
    check_terminal,
)


def run_checks(facts: Facts) -> list[Check]:
    """The verdict of every check over the same facts, in a fixed order. Pure."""
    return [check(facts) for check in CHECKS]


def all_well(checks: Iterable[Check]) -> bool:
    """Whether none failed; what only warns is no failure."""
    return not any(check.status is CheckStatus.FAIL for check in checks)
