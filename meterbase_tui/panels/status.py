"""The line on top: where the receiver is reached, whether it works, and what has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from meterbase_tui.text import visible
from meterbase_tui.wording.targets import describe_queue
from receiver.forwarding.health import TargetHealth, TargetState
from receiver.tunnel import TunnelState

if TYPE_CHECKING:
    from receiver.tunnel import TunnelStatus
    from store.reading.totals import Totals

_SIGNS = {
    TunnelState.OFF: ("○", "$foreground-muted", "off"),
    TunnelState.PREPARING: ("◌", "$text-warning", "preparing"),
    TunnelState.STARTING: ("◌", "$text-warning", "starting"),
    TunnelState.ONLINE: ("●", "$text-success", "online"),
    TunnelState.RECONNECTING: ("◌", "$text-warning", "reconnecting"),
    TunnelState.FAILED: ("●", "$text-error", "failed"),
}

_TARGET_SIGNS = {
    TargetState.IDLE: ("○", "$foreground-muted"),
    TargetState.UP: ("●", "$text-success"),
    TargetState.SLOW: ("!", "$text-warning"),
    TargetState.FAILING: ("✗", "$text-error"),
    TargetState.DOWN: ("✗", "$text-error"),
}


_MOST_FILTER = 48
"""Of characters; the title of the events has all of it."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says."""

    url: str
    """Where the receiver listens, or where a store is that is only looked at."""
    secret: str
    """The secret in force, masked."""
    tunnel: TunnelStatus | None = None
    public_url: str | None = None
    totals: Totals | None = None
    outlook: str = ""
    """How long it takes until nothing is pending; empty where that is soon, or not known."""
    problem: str | None = None
    """What does not work here; it takes the place of the rest."""
    targets: tuple[TargetHealth, ...] = ()
    """Where deliveries are passed on to."""
    viewing: bool = False
    """Whether another process receives, and this one only looks."""
    masked: bool = False
    """Whether personal data is hidden."""
    narrowed: str = ""
    """What the events are narrowed to, in words; empty while all are shown."""
    clear_key: str = "esc"
    """The key that shows all of them again."""
    profile: str | None = None
    """The profile in force: which of several environments this is."""


class StatusLine(Static):
    """Two lines: the addresses, and the counts."""

    status: reactive[Status | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__(id="status", markup=False)

    def watch_status(self, status: Status | None) -> None:
        """Draws anew what changed."""
        if status is not None:
            # Its size never changes: the screen is not to be laid out again for it.
            lines = (_addresses(status), _counts(status, self.size.width))
            self.update(Content("\n").join(lines), layout=False)

    def on_resize(self) -> None:
        """There is more room, or less."""
        self.watch_status(self.status)


def _addresses(status: Status) -> Content:
    if status.problem:
        receiver = Content.from_markup(
            "[$text-error]● $problem[/]", problem=visible(status.problem, 400)
        )
    else:
        word = "[$text-accent]viewing[/] " if status.viewing else ""
        receiver = Content.from_markup(
            f"[$text-success]●[/] {word}[b]$url[/]", url=visible(status.url, 200)
        )
    targets = map(_target, status.targets)
    # The profile first: nothing is worse than to take one environment for another.
    parts = [_profile(status.profile), receiver, _tunnel(status), *targets]
    return Content("   ").join(part for part in parts if part)


def _profile(name: str | None) -> Content:
    if name is None:
        return Content("")
    return Content.from_markup("[reverse] $name [/]", name=visible(name, 32))


def _tunnel(status: Status) -> Content:
    tunnel = status.tunnel
    if tunnel is None:
        return Content("")
    sign, colour, word = _SIGNS[tunnel.state]
    text = Content.from_markup(f"[{colour}]{sign}[/] tunnel {word}")
    if status.public_url:
        return text + Content.from_markup("  [b]$url[/]", url=visible(status.public_url, 200))
    if tunnel.problem:
        return text + Content.from_markup(
            "  [$text-error]$sentence[/]", sentence=visible(tunnel.problem.sentence, 200)
        )
    return text


def _target(health: TargetHealth) -> Content:
    sign, colour = _TARGET_SIGNS[health.state]
    text = Content.from_markup(
        f"→ [{colour}]{sign}[/] $url [{colour}]$word[/]",
        url=visible(urlsplit(health.url).netloc, 60),
        word=health.state.value,
    )
    queue = describe_queue(health)
    return text + Content.from_markup(" [$text-warning]$queue[/]", queue=queue) if queue else text


def _counts(status: Status, width: int) -> Content:
    parts = []
    totals = status.totals
    if totals is not None:
        parts += [
            Content.from_markup(
                "[b]$n[/] $word",
                n=f"{totals.deliveries:,}",
                word="delivery" if totals.deliveries == 1 else "deliveries",
            ),
        ]
    # Before what a narrow screen cuts.
    if status.masked:
        parts.append(Content.from_markup("[$text-accent]▒ masked[/]"))
    if status.narrowed:
        # It says why so little of the log is there.
        parts.append(
            Content.from_markup(
                "[$text-accent]▽ only $what[/] [$foreground-muted]· $key shows all[/]",
                what=visible(status.narrowed, _MOST_FILTER),
                key=status.clear_key,
            )
        )
    if totals is not None:
        parts += [
            _count(totals.refused_requests, "refused", "$text-error"),
            _count(totals.pending, "pending", "$text-warning") + _outlook(status.outlook),
            _count(totals.failed, "failed", "$text-error"),
            Content.from_markup("[b]$n[/]/min", n=f"{totals.recent:,}"),
        ]
    said = Content("   ").join(parts)
    # Last, and whole or not at all: half of what is masked says nothing.
    secret = Content.from_markup("   secret [b]$secret[/]", secret=visible(status.secret, 40))
    return said + secret if said.cell_length + secret.cell_length <= width else said


def _outlook(words: str) -> Content:
    return Content.styled(f", {words}", "$text-warning") if words else Content("")


def _count(number: int, word: str, colour: str) -> Content:
    if not number:
        return Content.from_markup(f"[$foreground-muted]0 {word}[/]")
    return Content.from_markup(f"[{colour}][b]$n[/] {word}[/]", n=f"{number:,}")
