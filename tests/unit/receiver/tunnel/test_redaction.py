from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.tunnel.redaction import HIDDEN, Redactor, one_line

TOKEN = "2" + "aBcDeFgHiJkLmNoPqRsTuVwXyZ" + "_" + "7Q2w3E4r5T6y7U8i9O0p"


@pytest.mark.parametrize(
    "text",
    [
        f"Your authtoken: {TOKEN}",
        f"level=error token {TOKEN} refused",
        f'{{"authtoken": "{TOKEN}"}}',
        f"cut short: {TOKEN[:30]}",
        TOKEN,
    ],
)
def test_a_known_token_is_removed_also_when_it_was_cut(text: str) -> None:
    assert TOKEN[:12] not in Redactor([TOKEN])(text)


@pytest.mark.parametrize(
    "text",
    [
        f"Your authtoken: {TOKEN}",
        "Your authtoken: short-and-odd",
        f"it was {TOKEN}, they said",
        "authtoken=odd",
        'AUTHTOKEN="odd"',
    ],
)
def test_a_token_that_nobody_told_us_is_removed_by_its_form_or_its_label(text: str) -> None:
    shown = Redactor([])(text)
    assert HIDDEN in shown
    assert TOKEN not in shown
    assert "odd" not in shown


def test_a_link_to_the_tokens_page_is_no_token() -> None:
    text = "Install your authtoken: https://dashboard.ngrok.com/get-started/your-authtoken"
    assert Redactor([None, ""])(text) == text


@given(
    before=st.text(), after=st.text(), secret=st.text(min_size=30, alphabet="abcdefgh0123456789")
)
def test_no_surroundings_save_a_secret(before: str, after: str, secret: str) -> None:
    shown = Redactor([secret])(before + secret + after)
    assert secret not in shown.replace(before, "") or secret in before or secret in after


@pytest.mark.parametrize("token", [TOKEN, ""])
@pytest.mark.parametrize("line_end", ["\r\n", "\\r\\n"])
def test_the_code_behind_a_quoted_token_stays(token: str, line_end: str) -> None:
    text = f"Your authtoken: {token}{line_end}{line_end}ERR_NGROK_105{line_end}"
    for redact in (Redactor([TOKEN]), Redactor([])):
        assert "ERR_NGROK_105" in redact(text)
        assert TOKEN not in redact(text)


def test_redacting_twice_changes_nothing_more() -> None:
    once = Redactor([TOKEN])(f"Your authtoken: {TOKEN}")
    assert Redactor([TOKEN])(once) == once


def test_line_ends_are_spaces_whether_real_or_written_out() -> None:
    assert one_line("a\\r\\n\\r\\nb\r\nc\\nd") == "a b c d"


@given(st.text())
def test_one_line_is_printable_and_bounded(text: str) -> None:
    line = one_line(text, 50)
    assert line.isprintable()
    assert len(line) <= 50
