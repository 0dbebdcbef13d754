"""How much of a secret is shown."""

from __future__ import annotations

import pytest

from meterbase_tui.privacy.masking import mask


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        (b"whsec_0123456789ab", "••••••••ab (18 characters)"),
        (b"0123456789abcdef\n", "••••••••f\\x0a (17 characters)"),
        (b"0123456789abcdef ", "••••••••f  (17 characters)"),
        (b"0123456789abcde\xff", "••••••••e\\xff (16 characters)"),
        (b"short", "•••••••• (5 characters)"),
        (b"x", "•••••••• (1 character)"),
    ],
)
def test_the_end_of_a_long_one_and_the_length(secret: bytes, shown: str) -> None:
    assert mask(secret) == shown
