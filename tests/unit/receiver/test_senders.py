from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from receiver.arrival.senders import describe_sender, group_failures
from store.reading.refusals import RefusedSignature

AT = datetime(2026, 3, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ((), "local"),
        (((b"User-Agent", b"Propexo/1.0 (x)"),), "local Propexo/1.0"),
        (((b"X-Forwarded-For", b"6.6.6.6, 203.0.113.7"),), "203.0.113.7"),
        (
            ((b"x-forwarded-for", b"203.0.113.7"), (b"user-agent", b"curl/8")),
            "203.0.113.7 curl/8",
        ),
        (((b"X-Forwarded-For", b"1.1.1.1"), (b"X-Forwarded-For", b"2.2.2.2")), "2.2.2.2"),
        (((b"User-Agent", b"\xff" * 500),), "local " + "\xff" * 80),
    ],
)
def test_who_sent_it(headers: tuple[tuple[bytes, bytes], ...], sender: str) -> None:
    assert describe_sender(headers) == sender


def test_groups_by_cause_and_sender_the_latest_first() -> None:
    def refusal(number: int, code: str | None, agent: bytes) -> RefusedSignature:
        return RefusedSignature(
            id=number,
            received_at=AT + timedelta(minutes=number),
            diagnosis=code,
            headers=((b"User-Agent", agent),),
        )

    newest_first = [
        refusal(5, "missing_prefix", b"a"),
        refusal(4, "unknown_secret", b"a"),
        refusal(3, None, b"a"),
        refusal(2, "missing_prefix", b"b"),
        refusal(1, "missing_prefix", b"a"),
    ]
    groups = group_failures(newest_first)
    assert [(g.diagnosis, g.sender, g.count, g.newest_id) for g in groups] == [
        ("missing_prefix", "local a", 2, 5),
        ("unknown_secret", "local a", 1, 4),
        ("not_diagnosed", "local a", 1, 3),
        ("missing_prefix", "local b", 1, 2),
    ]
    assert groups[0].first_at == AT + timedelta(minutes=1)
    assert groups[0].last_at == AT + timedelta(minutes=5)
