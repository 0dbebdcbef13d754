"""A program that opens a tunnel and then waits: what a test kills in various ways.

Its argument is a JSON object: the settings and the port. It prints every status as a line of JSON.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from receiver.tunnel import Pace, ProviderName, TunnelSettings, TunnelStatus, open_tunnel


def tell(status: TunnelStatus) -> None:
    problem = status.problem.code if status.problem else None
    line = {"state": status.state, "public_url": status.public_url, "problem": problem}
    print(json.dumps(line | {"inspector_url": status.inspector_url}), flush=True)  # noqa: T201


def main() -> None:
    plan = json.loads(sys.argv[1])
    settings = TunnelSettings(
        Path(plan["state_dir"]),
        ProviderName(plan["provider"]),
        Path(plan["agent"]) if "agent" in plan else None,
        command=plan.get("command"),
        domain=plan.get("domain"),
    )
    tunnel = open_tunnel(settings, plan["port"], tell, pace=Pace(start=6, retries=(0.2,)))
    tunnel.start()
    signal.pause()


if __name__ == "__main__":
    main()
