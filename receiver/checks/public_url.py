"""Does the public address lead here, and is it the one that Propexo calls?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from receiver.checks.agent import cure_off
from receiver.checks.check import (
    Action,
    ActionKind,
    CheckName,
    conclude,
    failure,
    passed,
    skipped,
    warning,
)
from receiver.checks.probes import PingOutcome
from receiver.checks.recent import host_of
from receiver.checks.wording import ago, milliseconds, short, span
from receiver.tunnel.status import TunnelState

if TYPE_CHECKING:
    from datetime import datetime

    from receiver.checks.check import Check, Finding
    from receiver.checks.facts import Facts
    from receiver.checks.probes import Ping

_QUIET = timedelta(hours=24)
_SETTLED = timedelta(minutes=10)
"""A new address needs some time to be entered and called."""
_COPY = Action(ActionKind.COPY_URL)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_NETWORK = "Check this computer's network; a firewall or VPN may hold the request back."
_RESTART = "Restart the tunnel, and compare its address with the one in Propexo's dashboard."
_SEE_TUNNEL = "See the check of the tunnel."
_BROKEN: dict[PingOutcome, tuple[str, str]] = {
    PingOutcome.STRANGER: (
        "somebody else answered",
        "Check that the address leads to this receiver, or restart the tunnel.",
    ),
    PingOutcome.OTHER_STORE: (
        "another receiver accepted it, and it is not in this store",
        "Stop the other receiver, or give this one an address of its own.",
    ),
    PingOutcome.OTHER_SECRET: (
        "a receiver with another secret answered",
        "Stop the other receiver, or restart this one so that it takes the secret from .env.",
    ),
    PingOutcome.TUNNEL_OFFLINE: ("the tunnel's service says that nothing is connected", _RESTART),
    PingOutcome.UPSTREAM_DOWN: (
        "the tunnel is up, but cannot reach the receiver",
        "Check that the receiver runs on the port that the tunnel leads to.",
    ),
}
_OUTSIDE: dict[PingOutcome, tuple[str, str]] = {
    PingOutcome.LIMIT: (
        "a limit of the ngrok account is used up",
        "Look at https://dashboard.ngrok.com/usage, or use another tunnel (--tunnel command).",
    ),
    PingOutcome.UNTRUSTED: (
        "its TLS certificate is not trusted",
        "Propexo needs a valid certificate: renew it, or look for a proxy that re-signs TLS.",
    ),
    PingOutcome.UNKNOWN_HOST: (
        "its host name is not known",
        "Check the name. A new one can take a few minutes; a VPN may use other name servers.",
    ),
    PingOutcome.NOT_CONNECTED: ("no connection was made", _NETWORK),
    PingOutcome.TIMED_OUT: ("no answer came back in time", _NETWORK),
    PingOutcome.BROKEN: ("the connection was closed without an answer", _NETWORK),
    PingOutcome.REFUSED: ("it was not accepted", "See the checks of the receiver and the store."),
}


def check_public_url(facts: Facts) -> Check:
    """Whether Propexo can reach the receiver by the address that it was given."""
    url = facts.tunnel.webhook_url
    if url is None:
        return conclude(CheckName.PUBLIC_URL, [_lost(facts)], _none(facts))
    findings = (_ping(facts), _local_only(url), _moved(facts, url), _silent(facts))
    return conclude(CheckName.PUBLIC_URL, findings, _well(facts, url))


def _none(facts: Facts) -> Finding:
    return skipped(
        "There is no public address, so only this computer can reach the receiver.",
        _cure_none(facts)
        or "For Propexo's webhooks start with --tunnel ngrok, --tunnel command or --public-url.",
    )


def _cure_none(facts: Facts) -> str | None:
    status = facts.tunnel.status
    if status is None:
        return None
    if status.state is not TunnelState.OFF:
        return _SEE_TUNNEL
    return cure_off(facts, status.why_off) if status.why_off else None


def _lost(facts: Facts) -> Finding | None:
    """There is no address now, but webhooks have come through one before."""
    status = facts.tunnel.status
    if status is None or status.state is TunnelState.OFF:
        return None
    host = _last_host(facts)
    if host is None:
        return None
    return warning(
        f"There is no public address now; the last delivery came through {host}.",
        _SEE_TUNNEL,
    )


def _well(facts: Facts, url: str) -> Finding:
    test = facts.probes.public_ping if facts.probes else None
    if test is not None and test.outcome is PingOutcome.ARRIVED:
        return explain_ping(test)
    last = _last_network(facts)
    if last is not None:
        return passed(
            f"{url} is the address for Propexo; the last delivery came {ago(last, facts.now)}.",
            None,
            _COPY,
        )
    return passed(
        f"{url} is the address for Propexo. Nothing has come through it yet.",
        "Enter it in Propexo's dashboard (Settings > Webhooks) and press Test there.",
        _COPY,
    )


def _ping(facts: Facts) -> Finding | None:
    test = facts.probes.public_ping if facts.probes else None
    return None if test is None or test.outcome is PingOutcome.ARRIVED else explain_ping(test)


def explain_ping(test: Ping) -> Finding:
    """What became of a signed ping to the public address, and what to do about it."""
    if test.outcome is PingOutcome.ARRIVED:
        words = f"A signed test.ping to {test.url} arrived in {milliseconds(test.ms)}."
        return passed(words, None, _COPY)
    again = Action(ActionKind.SEND_PING)
    if test.outcome in _BROKEN:
        what, cure = _BROKEN[test.outcome]
        return failure(f"A signed test.ping to {test.url}: {what}{_said(test)}.", cure, again)
    what, cure = _OUTSIDE[test.outcome]
    if test.delivery_id is not None:
        what += f", although it arrived here as delivery {test.delivery_id}"
        cure = "The way back is slow or broken: restart the tunnel, and try again."
    return warning(f"A signed test.ping to {test.url}: {what}{_said(test)}.", cure, again)


def _said(test: Ping) -> str:
    parts = [f"status {test.status}"] if test.status else []
    parts += [short(test.said)] if test.said else []
    return f" ({', '.join(parts)})" if parts else ""


def _local_only(url: str) -> Finding | None:
    if (urlsplit(url).hostname or "") not in _LOCAL:
        return None
    return warning(
        f"{url} leads to this computer only: Propexo cannot call it.",
        "Give the public https address with --public-url, or use --tunnel ngrok.",
    )


def _moved(facts: Facts, url: str) -> Finding | None:
    """The address that was called last is another one: the dashboard may still have it."""
    now = urlsplit(url).netloc.lower()
    host, last = _last_host(facts), _last_network(facts)
    earlier = urlsplit(facts.tunnel.earlier_url or "").netloc.lower()
    before = host if last is not None else earlier
    if not before or before == now:
        return None
    seen = (
        f"the last delivery from the network, {ago(last, facts.now)}, came through {short(before)}"
        if last is not None
        else f"the last time it was {short(before)}"
    )
    return warning(
        f"The public address is {now}, but {seen}.",
        f"Set the endpoint's address in Propexo (Settings > Webhooks) to {url}",
        _COPY,
    )


def _silent(facts: Facts) -> Finding | None:
    status = facts.tunnel.status
    if status is None or status.state is not TunnelState.ONLINE or facts.log is None:
        return None
    up = facts.now - status.since
    last = _last_network(facts)
    if last is None:
        if up < _SETTLED:
            return None
        words = f"It has been up for {span(up)}, and no webhook has ever come."
    elif facts.now - last < _QUIET or up < _SETTLED:
        return None
    else:
        words = f"It is up, but the last webhook came {ago(last, facts.now)}."
    return warning(
        words,
        "Press Test in Propexo's dashboard (Settings > Webhooks); if nothing comes, compare the "
        "address there with this one.",
        _COPY,
    )


def _last_network(facts: Facts) -> datetime | None:
    last = facts.log.last_from_network if facts.log else None
    return last.received_at if last else None


def _last_host(facts: Facts) -> str | None:
    """The public host of the last delivery; None if it came to a local address."""
    last = facts.log.last_from_network if facts.log else None
    if last is None:
        return None
    host = host_of(last.headers)
    return None if not host or (urlsplit(f"//{host}").hostname or "") in _LOCAL else host
