from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from receiver.checks import CheckName, CheckStatus
from receiver.checks.exposure import ExposedFile
from receiver.checks.probes import PingOutcome
from tests.unit.receiver.checks.given import (
    FACTS,
    LOG,
    SECRET,
    delivery,
    expect,
    ping,
    probed,
    verdict,
)


def expect_secret(status: CheckStatus, *words: str, fix: str = "", **changed: Any) -> None:
    facts = replace(FACTS, secret=replace(SECRET, **changed))
    expect(verdict(CheckName.SECRET, facts), status, *words, fix=fix)


def test_a_secret_of_the_user() -> None:
    expect_secret(CheckStatus.PASS, "32 bytes", "/srv/.env:3")


def test_one_that_was_generated_here_says_where_propexos_belongs() -> None:
    expect_secret(
        CheckStatus.PASS,
        "samples only",
        fix="PROPEXO_WEBHOOK_SECRET",
        generated=True,
        source="generated, kept in /srv/s.secret",
    )


def test_none_yet() -> None:
    expect_secret(CheckStatus.SKIP, "no secret yet", fix="PROPEXO_WEBHOOK_SECRET", length=None)


def test_a_file_that_cannot_be_used() -> None:
    expect_secret(
        CheckStatus.FAIL, "/srv/s.secret is empty", unusable="/srv/s.secret is empty: delete it."
    )


def test_a_file_that_was_changed_since_the_start() -> None:
    changed = {"outdated_by": "PROPEXO_WEBHOOK_SECRET in /srv/.env:9"}
    expect_secret(
        CheckStatus.FAIL, "/srv/.env:9", "not the secret in force", fix="Restart", **changed
    )


def test_an_environment_that_overrides_the_file() -> None:
    expect_secret(
        CheckStatus.WARN,
        "/srv/.env:3 holds another",
        "PROPEXO_WEBHOOK_SECRET comes first",
        fix="remove PROPEXO_WEBHOOK_SECRET and restart",
        source="PROPEXO_WEBHOOK_SECRET",
        passed_over="PROPEXO_WEBHOOK_SECRET in /srv/.env:3",
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"quoted": True}, "white space or a quote"),
        ({"cut_off": True}, "# after the value"),
        ({"escaped": True}, "escape sequence"),
        ({"times_set": 3}, "3 times"),
    ],
)
def test_a_line_that_does_not_say_what_was_meant(changed: dict[str, Any], words: str) -> None:
    facts = replace(FACTS, secret=replace(SECRET, **changed))
    found = expect(verdict(CheckName.SECRET, facts), CheckStatus.WARN, words, "/srv/.env:3")
    assert found.fix


def test_files_that_others_can_read() -> None:
    exposed = (ExposedFile("/srv/my files/.env", 0o644), ExposedFile("/srv/s.secret", 0o640))
    expect_secret(
        CheckStatus.WARN,
        "/srv/my files/.env can be read",
        "0644",
        "/srv/s.secret",
        fix="chmod 600 '/srv/my files/.env'",
        exposed=exposed,
    )


def test_a_receiver_elsewhere_with_another_secret() -> None:
    facts = replace(FACTS, probes=probed(local_ping=ping(PingOutcome.OTHER_SECRET)))
    expect(verdict(CheckName.SECRET, facts), CheckStatus.FAIL, "another secret", fix="Restart")
    assert verdict(CheckName.ENDPOINT, facts).status is CheckStatus.FAIL


def test_a_rotation_says_who_still_uses_the_previous_secret() -> None:
    rotating = replace(FACTS, secret=replace(SECRET, rotating=True))
    old = delivery(3, diagnosis="previous_secret")
    used = replace(rotating, log=replace(LOG, deliveries=(delivery(4), old, delivery(2))))
    expect(verdict(CheckName.SECRET, used), CheckStatus.PASS, "1 of the last 3", "delivery 3")
    unused = replace(rotating, log=replace(LOG, deliveries=(delivery(4),)))
    expect(
        verdict(CheckName.SECRET, unused),
        CheckStatus.PASS,
        "None of the last 1",
        fix="remove PROPEXO_WEBHOOK_SECRET_PREVIOUS",
    )
    expect(verdict(CheckName.SECRET, replace(rotating, log=None)), CheckStatus.PASS, "Two secrets")


def test_a_rotation_between_equal_secrets() -> None:
    expect_secret(
        CheckStatus.WARN,
        "nothing is being rotated",
        fix="Remove",
        rotating=True,
        previous_is_same=True,
    )


def test_the_gravest_finding_comes_first_and_none_is_lost() -> None:
    expect_secret(
        CheckStatus.FAIL,
        "not the secret in force",
        "white space",
        fix="Restart",
        quoted=True,
        outdated_by="PROPEXO_WEBHOOK_SECRET in /srv/.env:9",
    )
