"""What became of the secret and of the forward targets, told once, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.receiving.secret_watch import SecretNews
from meterbase_tui.wording.targets import describe_target
from receiver.checks.wording import count
from receiver.forwarding.health import TargetState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.notifications import SeverityLevel

    from meterbase_tui.receiving.links import ReceiverLink
    from receiver.forwarding.health import TargetHealth

    Item = tuple[str, SeverityLevel]


class News:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._secret = SecretNews()
        self._targets: dict[str, tuple[TargetState, bool]] = {}

    def take(self, link: ReceiverLink, verify_key: str) -> list[Item]:
        """What is new since the last time, with how serious it is.

        Args:
            link: the receiver.
            verify_key: the key that verifies refused deliveries again, as a person reads it.
        """
        before, self._secret = self._secret, link.secret_news
        return [*_of_secret(before, self._secret, verify_key), *self._of_targets(link.targets)]

    def _of_targets(self, targets: Sequence[TargetHealth]) -> Iterator[Item]:
        for health in targets:
            seen = (health.state, health.held > 0)
            if self._targets.get(health.url, (TargetState.IDLE, False)) != seen:
                self._targets[health.url] = seen
                well = health.state in (TargetState.UP, TargetState.IDLE) and not health.held
                yield describe_target(health), "information" if well else "warning"


def _of_secret(before: SecretNews, now: SecretNews, verify_key: str) -> Iterator[Item]:
    if now.adopted_at != before.adopted_at:
        words = f"The secret from {now.source} is in force now"
        yield f"{words}; the one before is accepted until the program ends.", "information"
    if now.problem is not None and now.problem != before.problem:
        yield f"{now.problem} The secret before stays in force.", "error"
    if now.authentic > before.authentic:
        words = count(now.authentic, "refused delivery proves", "refused deliveries prove")
        words += f" authentic under the secret in force: {verify_key} processes them."
        yield words, "warning"
