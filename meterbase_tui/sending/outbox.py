"""Sends samples and replays to the receiver, over HTTP like any other sender."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from meterbase_tui.version import user_agent
from receiver.arrival.route import WEBHOOK_PATH
from sample_payloads.catalogue import load_catalogue
from sample_payloads.curl import build_curl
from sample_payloads.edits import Edits, Timestamps, edit_body, read_timestamp, stamp
from sample_payloads.replays import ReplayError, build_replay
from sample_payloads.sending import build_sample, send
from store.reading import deliveries

if TYPE_CHECKING:
    from meterbase_tui.queries.reading import Reading
    from meterbase_tui.receiving.links import ReceiverLink
    from sample_payloads.catalogue import Catalogue, Sample
    from sample_payloads.sending import Outgoing, Reply
    from sample_payloads.signatures import Mistake
    from store.records import Content, Delivery


class Outbox:
    """What the screen can send."""

    def __init__(self, link: ReceiverLink, reading: Reading) -> None:
        self._link = link
        self._reading = reading
        self._timestamps = Timestamps()
        self._program = user_agent()
        self.catalogue: Catalogue = load_catalogue(link.settings.samples)

    def find_own_samples(self) -> None:
        """Reads the catalogue again, since the user has kept another sample. Reads files."""
        self.catalogue = load_catalogue(self._link.settings.samples)

    @property
    def _base_url(self) -> str:
        return self._link.url.removesuffix(WEBHOOK_PATH)

    async def send_sample(self, sample: Sample, mistake: Mistake | None = None) -> Reply:
        """Sends a sample with a fresh timestamp, signed rightly or in a way that is refused.

        Raises:
            SettingsError: no signing secret is known here.
        """
        fresh = None if sample.exact else self._timestamps.next()
        body = edit_body(sample.body, Edits(), fresh)
        secret = self._link.settings.secrets.current
        return await self._send(build_sample(self._link.url, body, secret, self._program, mistake))

    async def send_edited_sample(self, sample: Sample, body: bytes, *, resign: bool) -> Reply:
        """Sends another body in the place of a sample's.

        Args:
            sample: the sample, which stays as it is.
            body: what to send instead; signed, with a fresh timestamp unless that was edited too.
            resign: whether to sign it; otherwise it carries the sample's signature and is refused.

        Raises:
            SettingsError: no signing secret is known here.
        """
        same_time = read_timestamp(body) == read_timestamp(sample.body)
        if resign and same_time and not sample.exact:
            body = stamp(body, self._timestamps.next())
        secret = self._link.settings.secrets.current
        signed_for = None if resign else sample.body
        return await self._send(
            build_sample(self._link.url, body, secret, self._program, signed_for=signed_for)
        )

    async def replay(self, delivery_id: int) -> Reply:
        """Sends a stored delivery again, byte for byte.

        Raises:
            ReplayError: it is not there any more, or cannot be sent as it came.
            SettingsError: no signing secret is known here.
        """
        delivery, content = await self._read(delivery_id)
        replay = build_replay(
            delivery,
            content,
            base_url=self._base_url,
            secret=self._link.settings.secrets.current,
            edits=Edits(),
        )
        return await self._send(replay.outgoing)

    async def send_edited(self, delivery_id: int, body: bytes, *, resign: bool) -> Reply:
        """Sends another body with the headers of a stored delivery, as a replay of it.

        Args:
            delivery_id: the delivery, which stays as it is.
            body: what to send instead. Signed anew, it gets a fresh timestamp unless that was
                edited too: with the old one it would be older than what is in force.
            resign: whether to sign it; otherwise the old signature stays, which is refused.

        Raises:
            ReplayError: the delivery is not there any more, or cannot be sent.
            SettingsError: no signing secret is known here.
        """
        delivery, content = await self._read(delivery_id)
        if resign and read_timestamp(body) == read_timestamp(content.body):
            body = stamp(body, self._timestamps.next())
        replaced = replace(content, body=body, size=len(body), body_sha256=sha256(body).digest())
        replay = build_replay(
            delivery,
            replaced,
            base_url=self._base_url,
            secret=self._link.settings.secrets.current,
            edits=Edits(),
            resign=resign,
        )
        return await self._send(replay.outgoing)

    def build_curl(self, delivery: Delivery, content: Content) -> str:
        """A curl command that sends a delivery again, signed rightly.

        Raises:
            SettingsError: no signing secret is known here.
        """
        return build_curl(
            self._base_url + delivery.path,
            delivery.method,
            content.headers,
            content.body,
            secret=self._link.settings.secrets.current,
        ).command

    async def _read(self, delivery_id: int) -> tuple[Delivery, Content]:
        found = await self._reading.query(
            lambda connection: (
                deliveries.get_deliveries(connection, [delivery_id]).get(delivery_id),
                deliveries.read_content(connection, delivery_id),
            )
        )
        delivery, content = found
        if delivery is None or content is None:
            raise ReplayError(f"Delivery {delivery_id} is not in the store any more.")
        return delivery, content

    async def _send(self, outgoing: Outgoing) -> Reply:
        return await self._link.run(send(outgoing))


def describe_reply(reply: Reply) -> str:
    """What the receiver answered, and in what time."""
    answer = reply.answer if isinstance(reply.answer, dict) else {}
    words = f"{reply.status} in {reply.ms:.0f} ms"
    if answer.get("duplicate"):
        words += f", a duplicate of event {answer.get('event_id')}"
    return words
