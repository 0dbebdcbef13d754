"""What can keep the receiver from listening."""

from __future__ import annotations


class PortError(Exception):
    """The port could not be opened; `str()` says why and what to do."""
