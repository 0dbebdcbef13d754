"""What the screens work with: the store to read, the receiver to send to, and how to say things."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from meterbase_tui.checking import Examiner, Surroundings
from meterbase_tui.doorbell import Doorbell
from meterbase_tui.messages import Messages
from meterbase_tui.panels.status import Status
from meterbase_tui.privacy.discretion import Discretion
from meterbase_tui.privacy.masking import mask_briefly
from meterbase_tui.queries.outlook import Outlook
from meterbase_tui.queries.reading import Reading, Searching
from meterbase_tui.receiving.news import News
from meterbase_tui.receiving.remedies import carry_out, describe_requeue, requeue_forwards
from meterbase_tui.sending.mailroom import Mailroom
from meterbase_tui.sending.outbox import Outbox
from meterbase_tui.terminal.key_names import KeyNames
from meterbase_tui.wording.setup_steps import describe_setup
from meterbase_tui.wording.welcome import Welcome, describe_welcome
from receiver import diagnosis
from receiver.checks import Action, ActionKind, CheckName, CheckStatus
from receiver.tunnel import DOWNLOAD_SIZE
from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App
    from textual.notifications import SeverityLevel

    from meterbase_tui.receiving.links import ReceiverLink
    from meterbase_tui.settings import Settings
    from meterbase_tui.wording.setup_steps import Setup
    from receiver.checks import Check
    from receiver.diagnosis import Diagnosis
    from store.reading.totals import Totals
    from store.records import Content

_SEVERITIES: dict[CheckStatus, SeverityLevel] = {
    CheckStatus.PASS: "information",
    CheckStatus.WARN: "warning",
    CheckStatus.FAIL: "error",
}


class Desk:
    """Everything behind the screens; none of it draws."""

    def __init__(self, link: ReceiverLink, reading: Reading) -> None:
        self.reading = reading
        self.discretion = Discretion()
        self.link = link
        self.key_names = KeyNames(link.settings.keys)
        self._messages = Messages(self.discretion)
        self.outbox = Outbox(link, reading)
        self.mailroom = Mailroom(self.outbox, reading, self._messages)
        self.searching = Searching(reading)
        self._news = News()
        self._outlook = Outlook()
        self._counted: Totals | None = None
        self._examiner = Examiner(
            link.settings, link.runtime, Surroundings(env_file=link.settings.env_file)
        )

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self.link.settings

    def hang_doorbell(self) -> Doorbell | None:
        """Rings whenever the receiver commits something; None where another process receives."""
        if self.link.runtime is None:
            return None
        bell = Doorbell()
        self.link.runtime.database.on_commit(bell.ring)
        return bell

    @property
    def in_burst(self) -> bool:
        """Whether deliveries come so fast that the receiver should have what can be spared."""
        return self.link.runtime is not None and self.link.runtime.database.burst

    @property
    def url_to_paste(self) -> str:
        """The address for Propexo's dashboard; the local one while there is no public one."""
        return self.link.public_url or self.link.url

    @property
    def has_first_address(self) -> bool:
        """Whether there is a public address now, the first that this store's receiver ever had."""
        return self.link.has_first_address

    def describe_setup(self) -> Setup:
        """What to paste and to click in Propexo's dashboard."""
        settings = self.link.settings
        return describe_setup(
            self.link.public_url,
            self.link.url,
            generated_secret=settings.secret_generated,
            env_file=settings.env_file,
        )

    def describe_welcome(self) -> Welcome | None:
        """What to say while the store is empty; None where another process receives."""
        if self.link.runtime is None:
            return None
        return describe_welcome(self.link.settings, self.link.url)

    def describe(self, totals: Totals | None, problem: str | None, narrowed: str = "") -> Status:
        """What the status line says now; `narrowed` is what the events are narrowed to."""
        link = self.link
        secret = link.settings.secret
        if totals is not None and totals is not self._counted:
            self._counted = totals
            self._outlook.note(time.monotonic(), totals.pending)
        return Status(
            url=link.url,
            secret=mask_briefly(secret) if secret is not None else "not known here",
            viewing=link.runtime is None,
            masked=self.discretion.masked,
            tunnel=link.tunnel,
            public_url=link.public_url,
            totals=totals,
            outlook=self._outlook.describe(),
            problem=self.discretion.mask(problem or link.problem or "") or None,
            targets=link.targets,
            narrowed=self.discretion.mask(narrowed),
            clear_key=self.key_names.of("filter.clear"),
            profile=link.settings.profile,
        )

    def take_news(self) -> list[tuple[str, SeverityLevel]]:
        """What became of secret and forward targets since the last time: each is told once."""
        return self._news.take(self.link, self.key_names.of("failures.reverify"))

    async def reverify(self, app: App[Any]) -> None:
        """Sends refused deliveries again that prove authentic now, and says how many there were."""
        await self.carry_out(app, Action(ActionKind.REVERIFY))

    async def requeue_forwards(self, app: App[Any]) -> None:
        """Sends what is held or failed at the forward targets, and says how much that is."""
        try:
            count = await requeue_forwards(self.link)
        except StoreError as error:
            self.tell(app, str(error), severity="error")
            return
        nothing = "Nothing failed at a forward target, and nothing is held."
        self.tell(app, describe_requeue(count) if count else nothing)

    async def diagnose(self, content: Content) -> Diagnosis | None:
        """Searches anew for why a signature did not match, under the secrets in force now.

        None when it fits, when only the beginning of the body was kept, or when no secret is known.
        """
        if not content.complete or self.link.settings.secret is None:
            return None
        secrets = self.link.settings.secrets
        return await asyncio.to_thread(diagnosis.diagnose, content.headers, content.body, secrets)

    async def check(self) -> Sequence[Check]:
        """One round of troubleshooting checks."""
        return await asyncio.to_thread(self._examiner.look)

    async def check_closely(self) -> Sequence[Check]:
        """The same with everything that takes a while: pings through every address, up to 10 s."""
        return await asyncio.to_thread(self._examiner.look_closely)

    def tell_verdict(self, app: App[Any], checks: Sequence[Check]) -> None:
        """Says what a close look found: of the public address, or else of the whole."""
        worst = [check for check in checks if check.status is CheckStatus.FAIL]
        public = next(check for check in checks if check.name is CheckName.PUBLIC_URL)
        if public.status is not CheckStatus.SKIP:
            self.tell(app, public.detail, severity=_SEVERITIES[public.status])
        elif worst:
            self.tell(app, worst[0].detail, severity="error")
        else:
            self.tell(app, "The receiver took a signed test.ping; nothing is broken.")

    async def carry_out(self, app: App[Any], action: Action) -> None:
        """Does what a check proposes to the store or the tunnel, and says what was done."""
        if action.kind is ActionKind.INSTALL_AGENT:
            self.tell(app, f"Downloading ngrok's agent ({DOWNLOAD_SIZE}) …")
        try:
            done = await carry_out(action, self.link)
        except StoreError as error:
            self.tell(app, str(error), severity="error")
            return
        if done is not None:
            self.tell(app, done)

    def close(self) -> None:
        """Lets go of what only the screen needs."""
        self._examiner.close()
        self.searching.close()

    def tell(self, app: App[Any], text: str, *, severity: SeverityLevel = "information") -> None:
        """Shows a message for a moment, whatever is in it."""
        self._messages.tell(app, text, severity=severity)
