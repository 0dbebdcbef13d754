"""The tunnel's state as JSON: the fields that programs rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.exports.json_fields import instant
from receiver.tunnel.status import webhook_url

if TYPE_CHECKING:
    from meterbase_tui.exports.json_fields import Fields
    from receiver.tunnel.status import TunnelStatus


def tunnel_fields(status: TunnelStatus) -> Fields:
    """How the tunnel is; `public_url` is the whole address to paste into Propexo's dashboard."""
    problem = status.problem
    return {
        "state": status.state.value,
        "public_url": webhook_url(status),
        "problem": problem
        and {"code": problem.code, "sentence": problem.sentence, "cure": problem.cure},
        "provider": status.provider.value,
        "since": instant(status.since),
    }
