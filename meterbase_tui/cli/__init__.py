"""The command line: everything that the screen does, for people and programs.

What is asked for is loaded, and nothing else: `--help` imports neither the receiver nor the screen.
"""

from __future__ import annotations

from meterbase_tui.cli.entry import main

__all__ = ["main"]
