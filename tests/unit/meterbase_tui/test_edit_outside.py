"""A payload is edited in a program of the user's."""

from __future__ import annotations

import shlex
import sys

import pytest

from meterbase_tui.screens.editor import edit_outside

EDIT = "import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.replace('1', '2'))"


def test_what_the_program_wrote_is_taken() -> None:
    assert edit_outside('{"a": 1}', shlex.join([sys.executable, "-c", EDIT])) == '{"a": 2}'


@pytest.mark.parametrize(
    "command",
    [
        "/nowhere/an-editor",
        "an-editor 'with half a quote",
        shlex.join([sys.executable, "-c", "raise SystemExit(1)"]),
        shlex.join([sys.executable, "-c", "import sys; open(sys.argv[1], 'wb').write(b'\\xff')"]),
    ],
)
def test_nothing_is_taken_from_one_that_fails(command: str) -> None:
    assert edit_outside('{"a": 1}', command) is None
