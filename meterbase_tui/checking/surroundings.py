"""What the facts depend on besides settings and receiver: files, environment, clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from receiver.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The surroundings of this process, unless others are given."""

    env_file: Path | None = None
    """The `.env` that the settings were read from, whether or not it is there."""
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    clock: Callable[[], datetime] = now
    ngrok_service: tuple[str, int] = ("connect.ngrok-agent.com", 443)
    """Where ngrok's agents connect to."""
