"""The simulated API over real sockets, as a client of Propexo's would use it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sample_payloads.pms import PortTakenError, SimulatedPms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

CONNECTION = "conn_abc123"


@dataclass
class Client:
    """Asks a server, with its token unless told otherwise."""

    pms: SimulatedPms
    url: str
    session: aiohttp.ClientSession
    headers: Mapping[str, str] = field(default_factory=dict)

    async def get(self, path: str, token: str | None = "") -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token or self.pms.token}"}
        async with self.session.get(self.url + path, headers=headers) as response:
            self.headers = response.headers
            return response.status, await response.json()


@asynccontextmanager
async def _serve(**options: Any) -> AsyncIterator[Client]:
    pms = SimulatedPms(**options)
    url = await pms.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(pms, url, session)
    finally:
        await pms.stop()


async def test_pages_hold_every_unit_once() -> None:
    async with _serve() as client:
        ids: list[str] = []
        more, pages = True, 0
        while more:
            path = f"/v1/units/?integration_id={CONNECTION}&limit=250&order-by=id:asc"
            status, answer = await client.get(f"{path}&offset={len(ids)}")
            assert status == 200
            meta = answer["meta"]
            assert (meta["total"], meta["limit"], meta["orderBy"]) == (1200, 250, ["id:asc"])
            ids += [record["id"] for record in answer["results"]]
            more, pages = meta["hasMore"], pages + 1
    assert pages == 5
    assert ids == sorted(set(ids))
    assert len(ids) == 1200


@pytest.mark.parametrize(
    ("kind", "count", "usual"),
    [("properties", 25, 25), ("units", 1200, 100), ("leases", 980, 100)],
)
async def test_unasked_a_page_has_a_hundred_the_newest_first(
    kind: str, count: int, usual: int
) -> None:
    async with _serve() as client:
        _, answer = await client.get(f"/v1/{kind}/")
    assert (answer["meta"]["total"], len(answer["results"])) == (count, usual)
    assert answer["meta"]["orderBy"] == ["created_at:desc"]
    created = [record["created_at"] for record in answer["results"]]
    assert created == sorted(created, reverse=True)


async def test_filters_narrow_a_list_down() -> None:
    async with _serve() as client:
        _, in_house = await client.get("/v1/units/?property_id=prop_001&limit=250")
        _, by_number = await client.get("/v1/units/?property_id=prop_001&unit_number=305")
        _, of_unit = await client.get("/v1/leases/?unit_id=unit_xyz789")
        _, of_resident = await client.get("/v1/leases/?resident_id=res_lease_abc_2")
        _, of_lease = await client.get("/v1/residents/?lease_id=lease_abc&order-by=id:asc")
        _, active = await client.get("/v1/properties/?is_active=true")
        _, elsewhere = await client.get("/v1/units/?integration_id=conn_other")
    assert in_house["meta"]["total"] == 48
    assert [each["id"] for each in by_number["results"]] == ["unit_xyz789"]
    assert [each["id"] for each in of_unit["results"]] == ["lease_abc"]
    assert [each["id"] for each in of_resident["results"]] == ["lease_abc"]
    assert [each["last_name"] for each in of_lease["results"]] == ["Smith", "Smith"]
    assert active["meta"]["total"] == 25
    assert (elsewhere["meta"]["total"], elsewhere["meta"]["hasMore"]) == (0, False)


async def test_one_record_is_an_object() -> None:
    async with _serve() as client:
        status, answer = await client.get("/v1/leases/lease_abc")
        assert status == 200
        assert answer["results"]["id"] == "lease_abc"
        assert (await client.get("/v1/leases/lease_xyz"))[0] == 404
        assert (await client.get("/v1/nothing/"))[0] == 404
        assert (await client.get("/v2/units/"))[0] == 404
        assert (await client.get("/v1/units/unit_xyz789/more"))[0] == 404
        headers = {"Authorization": f"Bearer {client.pms.token}"}
        async with client.session.post(client.url + "/v1/units/", headers=headers) as refused:
            assert refused.status == 405


@pytest.mark.parametrize(
    "query",
    [
        "limit=251", "limit=0", "limit=x", "offset=-1", "order-by=id", "order-by=nothing:asc",
        "order-by=id:up", "unit_number=305", "colour=red",
    ],
)  # fmt: skip
async def test_a_wrong_query_is_refused(query: str) -> None:
    async with _serve() as client:
        status, answer = await client.get(f"/v1/units/?{query}")
    assert status == 400
    assert answer["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("token", [None, "wrong", "Ä"])
async def test_without_the_token_nothing_is_told(token: str | None) -> None:
    async with _serve() as client:
        status, answer = await client.get("/v1/units/", token)
    assert status == 401
    assert set(answer) == {"error"}


async def test_the_rate_limit_slows_refuses_and_begins_anew() -> None:
    now, slept = 0.0, []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with _serve(clock=lambda: now, sleep=sleep) as client:
        remaining = []
        for _ in range(150):
            status, _ = await client.get("/v1/properties/?limit=1")
            assert status == 200
            remaining.append(int(client.headers["x-ratelimit-remaining"]))
        assert remaining == list(range(149, -1, -1))
        assert client.headers["x-ratelimit-limit"] == "150"
        # From 80 % on: the last 30 of 150.
        assert slept == [2.0] * 30
        status, answer = await client.get("/v1/properties/?limit=1")
        assert (status, answer["error"]["code"]) == (429, "too_many_requests")
        now = 59.9
        assert (await client.get("/v1/properties/?limit=1"))[0] == 429
        now = 60.0
        assert (await client.get("/v1/properties/?limit=1"))[0] == 200


async def test_a_refused_token_uses_nothing_of_the_limit() -> None:
    async def sleep(_seconds: float) -> None:
        """Nobody waits for the last request of the minute here."""

    async with _serve(requests_a_minute=1, sleep=sleep) as client:
        for _ in range(3):
            assert (await client.get("/v1/units/", "wrong"))[0] == 401
        assert (await client.get("/v1/units/"))[0] == 200
        assert (await client.get("/v1/units/"))[0] == 429


async def test_it_stops_and_starts_again_and_says_when_a_port_is_taken() -> None:
    pms = SimulatedPms(token="a token of one's own")
    first = await pms.start()
    port = int(first.rpartition(":")[2])
    with pytest.raises(PortTakenError, match="Choose another"):
        await SimulatedPms(port=port).start()
    await pms.stop()
    await pms.stop()
    assert pms.token == "a token of one's own"
    assert (await pms.start()).startswith("http://127.0.0.1:")
    await pms.stop()
