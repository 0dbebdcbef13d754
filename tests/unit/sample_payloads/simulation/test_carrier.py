"""Order and retries, by a clock that jumps: a day and two hours pass in no time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from sample_payloads.sending import Outgoing, Reply
from sample_payloads.simulation.carrier import Carrier, Fate, Lost, Webhook
from sample_payloads.simulation.scenario import Carriage, Holding
from tests.stand_ins.virtual_loop import run_virtually

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MINUTE, _HOUR = 60.0, 3_600.0
LAWFUL = [0.0, 60.0, 360.0, 2_160.0, 9_360.0, 95_760.0]
"""When a webhook is sent that always fails: after 1 min, 5 min, 30 min, 2 h and 24 h."""


def _webhook(number: int, connection_id: str | None = "conn_a", **carriage: Any) -> Webhook:
    return Webhook(
        number=number,
        event="data.update",
        connection_id=connection_id,
        resource_type="unit",
        resource_id=None,
        outgoing=Outgoing(url="http://x/", headers=(("Sig", f"{number}"),), body=b"%d" % number),
        digest=b"",
        carriage=Carriage(**carriage),
    )


@dataclass
class Line:
    """Answers as it is told, and writes down what came when."""

    answer: Callable[[int, int], int | None] = lambda _number, _attempt: 200
    takes_s: float = 0.0
    sent: list[tuple[float, int]] = field(default_factory=list)
    requests: list[Outgoing] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0

    async def post(self, outgoing: Outgoing) -> Reply:
        number = int(outgoing.body)
        self.sent.append((asyncio.get_running_loop().time(), number))
        self.requests.append(outgoing)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await asyncio.sleep(self.takes_s)
        self.busy -= 1
        status = self.answer(number, [sent[1] for sent in self.sent].count(number))
        return Reply(status=status, answer={}, ms=1.0, error=None if status else "Nobody.")

    def times(self, number: int) -> list[float]:
        return [round(at, 3) for at, sent in self.sent if sent == number]


def _deliver(line: Line, webhooks: Sequence[Webhook], **options: Any) -> None:
    async def play() -> None:
        async with asyncio.TaskGroup() as tasks:
            carrier = Carrier(line.post, tasks, **options)
            for webhook in webhooks:
                carrier.take(webhook)
            await carrier.finish()

    run_virtually(play())


def test_a_webhook_that_always_fails_is_sent_six_times_and_given_up() -> None:
    line = Line(answer=lambda _n, _a: 503)
    webhook = _webhook(1)
    _deliver(line, [webhook])
    assert line.times(1) == LAWFUL
    assert [attempt.number for attempt in webhook.attempts] == [1, 2, 3, 4, 5, 6]
    assert webhook.fate is Fate.GIVEN_UP


def test_delays_count_from_the_end_of_the_attempt_before() -> None:
    line = Line(answer=lambda _n, attempt: 200 if attempt == 3 else None, takes_s=5.0)
    _deliver(line, [_webhook(1)])
    assert line.times(1) == [0.0, 65.0, 370.0]


@pytest.mark.parametrize("speed", [0.5, 60.0, 3_600.0])
def test_speed_divides_every_delay(speed: float) -> None:
    line = Line(answer=lambda _n, _a: 401)
    _deliver(line, [_webhook(1)], speed=speed)
    assert line.times(1) == [round(at / speed, 3) for at in LAWFUL]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_the_end(status: int) -> None:
    line, webhook = Line(answer=lambda _n, _a: status), _webhook(1)
    _deliver(line, [webhook])
    assert (line.times(1), webhook.fate) == ([0.0], Fate.DELIVERED)


@pytest.mark.parametrize("status", [None, 199, 301, 307, 400, 401, 404, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    line = Line(answer=lambda _n, attempt: 200 if attempt == 2 else status)
    webhook = _webhook(1)
    _deliver(line, [webhook])
    assert line.times(1) == [0.0, _MINUTE]
    assert [attempt.status for attempt in webhook.attempts] == [status, 200]


def test_every_attempt_sends_the_same_request() -> None:
    line = Line(answer=lambda _n, _a: 500)
    webhook = _webhook(1)
    _deliver(line, [webhook])
    assert all(request is webhook.outgoing for request in line.requests)


def test_the_next_of_a_connection_waits_for_a_retry() -> None:
    line = Line(answer=lambda n, attempt: 500 if n == 1 and attempt <= 2 else 200)
    _deliver(line, [_webhook(1), _webhook(2), _webhook(3)])
    assert [sent[1] for sent in line.sent] == [1, 1, 1, 2, 3]
    assert line.times(2) == [6 * _MINUTE]


def test_it_waits_also_for_one_that_is_given_up() -> None:
    line = Line(answer=lambda n, _a: 500 if n == 1 else 200)
    _deliver(line, [_webhook(1), _webhook(2)])
    assert line.times(2) == [LAWFUL[-1]]


def test_connections_do_not_wait_for_each_other() -> None:
    line = Line(answer=lambda n, _a: 500 if n == 1 else 200)
    _deliver(line, [_webhook(1, "conn_a"), _webhook(2, "conn_b"), _webhook(3, None)])
    assert line.times(2) == line.times(3) == [0.0]


def test_within_a_connection_one_at_a_time() -> None:
    line = Line(takes_s=1.0)
    _deliver(line, [_webhook(n) for n in range(1, 6)])
    assert line.most_busy == 1
    assert [sent[1] for sent in line.sent] == [1, 2, 3, 4, 5]


def test_a_scenario_may_let_the_next_ones_go_on() -> None:
    line = Line(answer=lambda n, attempt: 500 if n == 1 and attempt <= 2 else 200)
    _deliver(line, [_webhook(1), _webhook(2), _webhook(3)], holding=Holding.GO_ON)
    assert [sent[1] for sent in line.sent] == [1, 2, 3, 1, 1]
    assert line.times(2) == line.times(3) == [0.0]


def test_without_retries_it_is_given_up_at_once() -> None:
    line, webhook = Line(answer=lambda _n, _a: 401), _webhook(1, retries=False)
    _deliver(line, [webhook, _webhook(2)])
    assert (line.times(1), line.times(2)) == ([0.0], LAWFUL)
    assert webhook.fate is Fate.GIVEN_UP


def test_requests_and_answers_get_lost_as_the_scenario_says() -> None:
    line, webhook = Line(), _webhook(1, lose_requests=2, lose_answers=1)
    _deliver(line, [webhook])
    assert line.times(1) == [LAWFUL[2], LAWFUL[3]]
    assert [each.lost for each in webhook.attempts] == [
        Lost.REQUEST, Lost.REQUEST, Lost.ANSWER, None,
    ]  # fmt: skip
    assert [each.status for each in webhook.attempts] == [None, None, None, 200]


def test_copies_of_the_first_attempt_go_out_together() -> None:
    line, webhook = Line(takes_s=1.0), _webhook(1, copies=100)
    _deliver(line, [webhook, _webhook(2)])
    assert len(webhook.attempts) == 100
    assert 1 < line.most_busy <= 32
    assert line.sent[-1][1] == 2


def test_copies_that_all_fail_are_retried_by_one() -> None:
    line = Line(answer=lambda _n, attempt: 200 if attempt > 5 else 500)
    webhook = _webhook(1, copies=5)
    _deliver(line, [webhook])
    assert [each.number for each in webhook.attempts] == [1, 1, 1, 1, 1, 2]


def test_every_attempt_and_every_end_is_told() -> None:
    told: list[tuple[int, Fate]] = []

    def tell(webhook: Webhook) -> None:
        told.append((len(webhook.attempts), webhook.fate))

    _deliver(Line(answer=lambda _n, _a: 401), [_webhook(1)], tell=tell)
    assert told == [*((n, Fate.WAITING) for n in range(1, 7)), (6, Fate.GIVEN_UP)]
