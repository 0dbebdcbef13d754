from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from receiver.tunnel import ProviderName, TunnelSettings, TunnelState, webhook_url
from tests.stand_ins.tunnel_house import TOKEN, House, Watch
from tests.stand_ins.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    Begin = Callable[..., Watch]


def test_an_address_that_is_there_already_is_online_without_a_process(
    house: House, watch: Begin
) -> None:
    settings = TunnelSettings(
        house.state_dir, ProviderName.URL, public_url="https://Hooks.example/api/webhooks/propexo"
    )
    online = watch(settings).wait_for(TunnelState.ONLINE)

    assert webhook_url(online) == "https://hooks.example/api/webhooks/propexo"
    assert house.processes.pids() == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "public_url_missing"),
        ("", "public_url_missing"),
        ("http://hooks.example", "bad_public_url"),
        ("https://hooks.example/elsewhere", "bad_public_url"),
        ("hooks.example", "bad_public_url"),
    ],
)
def test_an_address_that_propexo_could_not_use(
    house: House, watch: Begin, given: str | None, code: str
) -> None:
    settings = TunnelSettings(house.state_dir, ProviderName.URL, public_url=given)
    problem = watch(settings).wait_for(TunnelState.FAILED).problem

    assert problem is not None
    assert problem.code == code
    assert "METERBASE_PUBLIC_URL" in problem.cure + problem.sentence


def test_none_stays_off_and_says_nothing(house: House, watch: Begin) -> None:
    one = watch(TunnelSettings(house.state_dir, ProviderName.NONE))
    wait_until(lambda: one.tunnel.status.provider is ProviderName.NONE)

    assert set(one.states) <= {TunnelState.OFF}
    assert one.tunnel.status.why_off is None
    assert house.processes.pids() == []


def auto(house: House, token: str | None = None) -> TunnelSettings:
    return TunnelSettings(house.state_dir, auth_token=token)


def test_auto_without_an_agent_is_off_without_a_problem_and_says_why(
    house: House, watch: Begin
) -> None:
    house.environ["PATH"] = str(house.root)
    one = watch(auto(house, TOKEN))
    wait_until(lambda: one.tunnel.status.why_off is not None)

    status = one.tunnel.status
    assert (status.state, status.problem) == (TunnelState.OFF, None)
    assert status.provider is ProviderName.NONE
    assert "https://ngrok.com/download" in (status.why_off or "")


@pytest.mark.parametrize(
    ("setting", "hint"),
    [({"public_url": "https://a.example"}, "--tunnel url"), ({"command": "x"}, "--tunnel command")],
)
def test_auto_hints_at_a_setting_of_another_tunnel(
    house: House, watch: Begin, setting: dict[str, str], hint: str
) -> None:
    house.environ["PATH"] = str(house.root)
    one = watch(TunnelSettings(house.state_dir, **setting))  # type: ignore[arg-type]
    wait_until(lambda: one.tunnel.status.why_off is not None)

    assert one.tunnel.status.public_url is None
    assert hint in (one.tunnel.status.why_off or "")


def test_auto_without_a_token_says_where_to_get_one(house: House, watch: Begin) -> None:
    house.environ["PATH"] = str(house.agent().parent)
    one = watch(auto(house))
    wait_until(lambda: one.tunnel.status.why_off is not None)

    assert one.tunnel.status.state is TunnelState.OFF
    assert "NGROK_AUTHTOKEN" in (one.tunnel.status.why_off or "")


def test_auto_with_both_is_ngrok_and_a_restart_finds_what_has_come(
    house: House, watch: Begin
) -> None:
    house.environ["PATH"] = str(house.agent().parent)
    one = watch(auto(house))
    wait_until(lambda: one.tunnel.status.why_off is not None)
    config = house.home / ".config" / "ngrok" / "ngrok.yml"
    config.parent.mkdir(parents=True)
    config.write_text(f"version: 3\nagent:\n  authtoken: {TOKEN}\n")
    one.tunnel.restart()
    online = one.wait_for(TunnelState.ONLINE)

    assert online.provider is ProviderName.NGROK
    assert online.why_off is None
