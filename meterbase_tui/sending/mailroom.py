"""What is sent from the screen, and what a person is told of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterbase_tui.sending.outbox import describe_reply
from meterbase_tui.sending.sample_outcomes import wait_for_outcome
from meterbase_tui.settings import SettingsError
from sample_payloads.replays import ReplayError
from sample_payloads.signatures import Mistake
from store.errors import StoreError

if TYPE_CHECKING:
    from textual.app import App

    from meterbase_tui.messages import Messages
    from meterbase_tui.queries.reading import Reading
    from meterbase_tui.sending.outbox import Outbox
    from sample_payloads.catalogue import Sample
    from sample_payloads.sending import Reply
    from store.records import Json


class Mailroom:
    """Sends by the outbox; whatever comes of it, also a failure, is told in a sentence."""

    def __init__(self, outbox: Outbox, reading: Reading, messages: Messages) -> None:
        self._outbox = outbox
        self._reading = reading
        self._messages = messages

    async def send(
        self, app: App[Any], sample: Sample, mistake: Mistake | None = None
    ) -> Reply | None:
        """Sends a sample and says what became of it; None when it could not even be made."""
        try:
            reply = await self._outbox.send_sample(sample, mistake)
        except SettingsError as error:
            self._messages.tell(app, str(error), severity="error")
            return None
        if mistake is None:
            self._tell_reply(app, sample.title, reply)
        else:
            self._tell_reply(app, f"{sample.title}, wrongly signed", reply, wanted=False)
        return reply

    async def send_edited_sample(
        self, app: App[Any], sample: Sample, body: bytes, *, resign: bool
    ) -> bool:
        """As `send_edited`, for an edited payload of a sample."""
        try:
            reply = await self._outbox.send_edited_sample(sample, body, resign=resign)
        except SettingsError as error:
            self._messages.tell(app, str(error), severity="error")
            return False
        self._tell_reply(app, f"{sample.title}, edited", reply, wanted=resign or None)
        return reply.error is None

    async def find_outcome(self, reply: Reply) -> dict[str, Json] | None:
        """What a delivery that was sent has led to, once it is processed.

        None when that takes longer than anybody would wait for it at the screen.
        """
        answer = reply.answer if isinstance(reply.answer, dict) else {}
        delivery_id = answer.get("delivery_id")
        if not isinstance(delivery_id, int):
            return {"status": reply.status}
        return await wait_for_outcome(self._reading, delivery_id)

    async def send_wrong(self, app: App[Any]) -> None:
        """Sends a sample that was changed after it was signed."""
        sample = self._outbox.catalogue.find("test_ping")
        await self.send(app, sample, Mistake.BODY_RESERIALIZED)

    async def replay(self, app: App[Any], delivery_id: int) -> bool:
        """Sends a stored delivery again and says what became of it; whether it was answered."""
        try:
            reply = await self._outbox.replay(delivery_id)
        except (ReplayError, StoreError, SettingsError) as error:
            self._messages.tell(app, str(error), severity="error")
            return False
        self._tell_reply(app, f"Replay of {delivery_id}", reply)
        return reply.error is None

    async def send_edited(
        self, app: App[Any], delivery_id: int, body: bytes, *, resign: bool
    ) -> bool:
        """Sends an edited payload and says what became of it; gives whether it was answered."""
        try:
            reply = await self._outbox.send_edited(delivery_id, body, resign=resign)
        except (ReplayError, StoreError, SettingsError) as error:
            self._messages.tell(app, str(error), severity="error")
            return False
        self._tell_reply(app, f"Edited {delivery_id}", reply, wanted=resign or None)
        return reply.error is None

    def _tell_reply(
        self, app: App[Any], what: str, reply: Reply, *, wanted: bool | None = True
    ) -> None:
        """Says what was answered; None is wanted where either answer may be right."""
        if reply.error is not None:
            self._messages.tell(app, f"{what}: {reply.error}", severity="error")
            return
        as_wanted = wanted is None or reply.accepted == wanted
        words = f"{what}: {describe_reply(reply)}"
        if wanted is False and as_wanted:
            words += ", as it should be"
        self._messages.tell(app, words, severity="information" if as_wanted else "warning")
