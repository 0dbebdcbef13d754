"""The command that shows the secret means the store that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from meterbase_tui.settings import Settings
from meterbase_tui.wording.welcome import describe_welcome

GENERATED = {"secret": "generated, kept in /x"}


@pytest.mark.parametrize(
    ("settings", "end"),
    [
        (Settings(db=Path("/x/a.db"), sources=GENERATED), "secret --reveal"),
        (
            Settings(db=Path("/x/a b.db"), sources=GENERATED | {"db": "--db"}),
            "secret --reveal --db '/x/a b.db'",
        ),
        (
            Settings(
                db=Path("/x/a.db"), profile="staging", sources=GENERATED | {"profile": "--profile"}
            ),
            "secret --reveal --profile staging",
        ),
        (
            Settings(
                db=Path("/x/a.db"),
                profile="staging",
                sources=GENERATED | {"profile": "METERBASE_TUI_PROFILE"},
            ),
            "secret --reveal",
        ),
    ],
)
def test_it_names_what_was_typed_to_start_it(settings: Settings, end: str) -> None:
    assert describe_welcome(settings, "http://127.0.0.1:1/x").secret.endswith(end)
