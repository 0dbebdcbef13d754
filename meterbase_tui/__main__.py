"""The first lines of the command, which `python -m meterbase_tui` is too."""

from __future__ import annotations

import signal
import sys

_BY_A_SIGNAL = 128
_LONGEST_END_S = 5
"""How long threads may be waited for, when further signals are ignored."""


def run() -> None:
    """Runs the command and ends the process; a signal at any moment ends it without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # There is nothing to let go of yet, and imports would end by a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from meterbase_tui.cli import main  # noqa: PLC0415 - it takes a tenth of a second

    code = main()
    if code > _BY_A_SIGNAL:
        signal.alarm(_LONGEST_END_S)
    sys.exit(code)


if __name__ == "__main__":
    run()
