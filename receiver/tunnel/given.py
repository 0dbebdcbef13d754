"""The tunnels that need no program: an address that the user already has, and none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from receiver.tunnel import problems
from receiver.tunnel.addresses import AGENTS_API, is_ngroks, public_address
from receiver.tunnel.status import ProviderName, TunnelState

if TYPE_CHECKING:
    from receiver.tunnel.session import Session
    from receiver.tunnel.status import Problem


def run_url(session: Session) -> Problem:
    """Takes the user's address as it is: whether it leads here, only a self-test can tell.

    Raises:
        Interrupted: a stop or a restart was asked for.
    """
    given = session.settings.public_url
    if not given or not given.strip():
        return problems.own("public_url_missing")
    address = public_address(given)
    if address is None:
        return problems.own("bad_public_url", given)
    session.report(
        TunnelState.ONLINE,
        ProviderName.URL,
        public_url=address,
        inspector_url=AGENTS_API if is_ngroks(address) else None,
    )
    return session.rest()


def run_none(session: Session, why_off: str | None = None) -> Problem:
    """Stays off.

    Raises:
        Interrupted: a stop or a restart was asked for.
    """
    session.report(TunnelState.OFF, ProviderName.NONE, why_off=why_off)
    return session.rest()
