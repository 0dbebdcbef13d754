"""How to connect Propexo: the address to paste, and what to click beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setup:
    """What somebody needs who sits in front of Propexo's dashboard."""

    url: str
    """The address to paste, whole and on a line of its own."""
    public: bool
    """Whether it can be reached from the internet; Propexo takes no other."""
    steps: tuple[str, ...]


def describe_setup(
    public_url: str | None, local_url: str, *, generated_secret: bool, env_file: Path | None
) -> Setup:
    """The steps, as Propexo's guide has them, for the state that things are in.

    Args:
        public_url: the whole public address; None while there is none.
        local_url: the receiver's address on this machine.
        generated_secret: whether the secret in force was made up here, so that Propexo cannot
            know it.
        env_file: where a `.env` is looked for.
    """
    secret = (
        f"Copy the Signing Secret that Propexo shows into {env_file or '.env'}, as "
        "PROPEXO_WEBHOOK_SECRET=…; it counts at once."
        if generated_secret
        else "Compare the Signing Secret that Propexo shows with yours (meterbase-tui secret)."
    )
    return Setup(
        public_url or local_url,
        public_url is not None,
        (
            "In Propexo's dashboard open Settings > Webhooks and click Add Endpoint.",
            "Paste the address above, whole.",
            "Select the events that you want, or all of them.",
            secret,
            "Click Test: a test.ping appears among the incoming events, its signature valid.",
        ),
    )


NO_PUBLIC_ADDRESS = (
    "This address leads to this computer only, and Propexo wants https: start a tunnel first "
    "(--tunnel ngrok, --tunnel command or --public-url)."
)
