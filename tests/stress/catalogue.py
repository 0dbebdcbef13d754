"""Every bad input and every fault that we know of, and the tests that hold what must become of it.

A line of `bad_inputs.txt` or `faults.txt` is a number, a title, and names of tests as `file::test`;
the files have short names here. Levels of bad input: H HTTP, S signature, J JSON, E envelope, M
meaning, T terminal, D store, settings and start. F are faults. `test_catalogue.py` holds that each
test exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILES = {
    "http": "integration/receiver/test_http_level.py",
    "limits": "integration/receiver/test_http_limits.py",
    "connections": "integration/receiver/test_connections.py",
    "cuts": "integration/receiver/test_cuts.py",
    "signature": "integration/receiver/test_signature_level.py",
    "signing": "unit/receiver/test_signing.py",
    "body": "integration/receiver/test_body_level.py",
    "json": "unit/receiver/test_strict_json.py",
    "envelope": "unit/receiver/test_envelope.py",
    "duplicates": "integration/receiver/test_duplicates.py",
    "order": "integration/receiver/test_order.py",
    "aside": "integration/receiver/test_set_aside.py",
    "again": "integration/receiver/test_reprocessing.py",
    "resources": "integration/receiver/test_resources.py",
    "clock": "integration/receiver/test_clock.py",
    "slow": "integration/receiver/test_slow_events.py",
    "unavailable": "integration/receiver/test_store_unavailable.py",
    "units": "unit/receiver/actions/test_units.py",
    "dispatch": "unit/receiver/actions/test_dispatch.py",
    "fields": "unit/receiver/test_fields.py",
    "widgets": "integration/widgets/test_hostile_text.py",
    "view": "integration/widgets/test_json_view.py",
    "text": "unit/meterbase_tui/test_text.py",
    "terminal": "integration/screen/test_terminal.py",
    "pictures": "integration/screen/test_pictures.py",
    "inspector": "integration/screen/test_inspector.py",
    "listen": "integration/cli/test_listen.py",
    "refusal": "integration/store/test_refusal.py",
    "gone": "integration/store/test_gone.py",
    "lock": "integration/store/test_lock.py",
    "locked": "integration/store/test_locked.py",
    "commits": "integration/store/test_commits.py",
    "killed": "integration/store/test_killed.py",
    "full": "integration/store/test_full.py",
    "checkpoints": "integration/store/test_checkpoints.py",
    "played": "integration/simulation/test_killed.py",
    "machine": "integration/checks/test_machine_situations.py",
    "loading": "unit/meterbase_tui/settings/test_loading.py",
    "values": "unit/meterbase_tui/settings/test_values.py",
    "ngrok": "integration/tunnel/test_ngrok_failures.py",
    "life": "integration/tunnel/test_ngrok_life.py",
    "owner": "integration/tunnel/test_owner.py",
    "points": "stress/test_fail_points.py",
    "faults": "stress/test_any_faults.py",
    "floods": "stress/test_floods.py",
    "disk": "stress/test_sleep_and_disk.py",
    "naughty": "stress/test_naughty_strings.py",
    "corpora": "stress/test_corpora.py",
    "sizes": "stress/test_terminal_sizes.py",
}


@dataclass(frozen=True)
class Row:
    """One bad input or fault."""

    number: str
    title: str
    tests: tuple[tuple[str, str], ...]
    """Files under `tests/`, and functions in them."""


def read(name: str) -> tuple[Row, ...]:
    """The rows of a file beside this one."""
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return tuple(map(_row, lines))


def _row(line: str) -> Row:
    head, _, tests = line.partition(" | ")
    number, _, title = head.partition(" ")
    names = (test.split("::") for test in tests.split())
    return Row(number, title, tuple((FILES[file], function) for file, function in names))
