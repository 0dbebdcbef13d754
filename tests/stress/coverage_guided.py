"""The targets of the fuzzing tests under atheris, which looks for inputs that reach new code.

`pip install -e '.[fuzz]'`, then `python -m tests.stress.coverage_guided read_json
-max_total_time=600`; what follows the target's name is for libFuzzer. It is an option beside the
tests, since atheris is a large compiled package that not every Python and machine has.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def main(arguments: list[str]) -> None:
    """Fuzzes one target until it fails, or its time is over."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["receiver", "store", "meterbase_tui"]):
        targets = import_module("tests.stress.targets").TARGETS
    if not arguments or arguments[0] not in targets:
        sys.exit(f"Name a target: {', '.join(targets)}.")
    atheris.Setup([sys.argv[0], *arguments[1:]], targets[arguments[0]])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
