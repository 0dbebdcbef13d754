"""Fixtures for the tests of an application that takes Propexo's webhooks.

pytest finds this module by itself once meterbase-tui is installed; what is not used costs nothing.

`propexo` posts signed samples to the application under test::

    def test_a_move_in(propexo):
        assert propexo.post("data.new.unit") == 200
        assert propexo.post("data.update.unit.move_in") == 200
        assert propexo.post("test.ping", mistake="upper_case") == 401

Where to: override `propexo_url` for a server that runs, or `propexo_transport` for a test client.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sample_payloads.simulation.report import Report

    Transport: TypeAlias = Callable[[bytes, dict[str, str]], Any]

_SECRET = "the signing secret of these tests"  # noqa: S105 - a value for tests
_TIMEOUT_S = 5.0
"""Propexo waits no longer."""


@dataclass(frozen=True)
class Sent:
    """A request that was made, to be looked at or sent once more."""

    body: bytes
    headers: dict[str, str] = field(repr=False)
    status: int


class Propexo:
    """Posts what Propexo would, and remembers it."""

    def __init__(self, secret: str, transport: Transport) -> None:
        self.sent: list[Sent] = []
        """Every request, in order."""
        self._secret = secret
        self._transport = transport

    def post(
        self,
        name: str,
        *,
        mistake: str | None = None,
        set: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the command line
        remove: Iterable[str] = (),
        exact: bool = False,
    ) -> int:
        """Posts a sample and gives the status of the answer.

        Args:
            name: of the catalogue, such as `data.update.unit.move_in`.
            mistake: a way of signing that has to be refused, such as `upper_case`, `wrong_secret`
                or `body_reserialized`; `meterbase-tui send --help` lists them.
            set: fields to set by path.
            remove: fields to remove by path.
            exact: keep the sample's own timestamp, so that it is one event each time.

        Raises:
            LookupError: there is no such sample.
            ValueError: an edit cannot be made, or there is no such mistake.
        """
        from sample_payloads import load  # noqa: PLC0415

        return self.post_body(load(name, set=set, remove=remove, exact=exact), mistake=mistake)

    def post_body(self, body: bytes, *, mistake: str | None = None) -> int:
        """Signs and posts a body of your own."""
        from sample_payloads.signatures import find_mistake, sign_body  # noqa: PLC0415

        wanted = None if mistake is None else find_mistake(mistake)
        signed = sign_body(self._secret.encode("utf-8"), body, wanted)
        return self._send(signed.body, {"Content-Type": "application/json", **dict(signed.headers)})

    def prepare(self, name: str) -> None:
        """Posts what a sample builds on: the unit that an update is of, for example.

        Raises:
            AssertionError: one of them was not accepted.
        """
        from sample_payloads.catalogue import load_catalogue  # noqa: PLC0415

        catalogue = load_catalogue()
        for sample in catalogue.with_preparation(catalogue.find(name))[:-1]:
            status = self.post(sample.name)
            assert status == 200, f"{sample.name} was answered with {status}"  # noqa: PLR2004

    def play(self, scenario: str, *, seed: int = 1) -> Report:
        """Plays a scenario against the application, without the waiting, and counts the answers.

        Args:
            scenario: its name, such as `lease_life`, or the path of a TOML file.
            seed: other people, ids and choices.

        Raises:
            LookupError: there is no such scenario.
            ValueError: its file makes no sense.
        """
        from sample_payloads.simulation.directly import play_directly  # noqa: PLC0415

        return play_directly(scenario, self._secret.encode("utf-8"), self._send, seed=seed)

    def retry(self) -> int:
        """Delivers the last request once more, byte for byte, as Propexo does after a failure."""
        last = self.sent[-1]
        return self._send(last.body, last.headers)

    def _send(self, body: bytes, headers: dict[str, str]) -> int:
        status = _status_of(self._transport(body, dict(headers)))
        self.sent.append(Sent(body, headers, status))
        return status


@pytest.fixture
def propexo_secret() -> str:
    """The signing secret that the application is configured with. Override it to use another."""
    return os.environ.get("PROPEXO_WEBHOOK_SECRET") or _SECRET


@pytest.fixture
def propexo_url() -> str:
    """Where the application takes webhooks. Override it, or `propexo_transport`."""
    return "http://127.0.0.1:8000/api/webhooks/propexo"


@pytest.fixture
def propexo_transport(propexo_url: str) -> Transport:
    """Sends a body with headers, and gives the answer: its status, or an object that has it.

    Override it for a test client::

        @pytest.fixture
        def propexo_transport(client):
            return lambda body, headers: client.post(URL, data=body, headers=headers)
    """

    def send(body: bytes, headers: dict[str, str]) -> int:
        request = urllib.request.Request(propexo_url, data=body, headers=headers)  # noqa: S310
        # Proxies of the environment are for other hosts.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())
        try:
            with opener.open(request, timeout=_TIMEOUT_S) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    return send


@pytest.fixture
def propexo(propexo_secret: str, propexo_transport: Transport) -> Propexo:
    """Posts signed samples to the application under test."""
    return Propexo(propexo_secret, propexo_transport)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Webhooks do not follow redirects: their status is the answer."""


def _status_of(answer: Any) -> int:
    """The status, whatever a test client calls it."""
    for name in ("status_code", "status"):
        value = getattr(answer, name, None)
        if value is not None:
            # WSGI clients give a text such as "200 OK".
            return int(str(value).split()[0])
    return int(answer)
