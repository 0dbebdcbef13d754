from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from receiver.tunnel.agent_log import AgentLog, Heard, fields

# As ngrok's agent 2.3.41 wrote them; the session's lines are those that 3.x documents too.
WEB = 't=2026-11-23T17:46:04+0000 lvl=info msg="starting web service" obj=web addr=127.0.0.1:4041'
NO_HOST = (
    't=2026-11-23T17:46:04+0000 lvl=eror msg="failed to reconnect session" obj=csess '
    'id=ccd199b37340 err="dial tcp: lookup tunnel.us.ngrok.com: no such host"'
)
UPDATE = (
    't=2026-11-23T17:46:04+0000 lvl=warn msg="failed to check for update" obj=updater '
    'err="Post \\"https://update.equinox.io/check\\": no such host"'
)
UP = 't=2026-11-23T17:46:05+0000 lvl=info msg="tunnel session started" obj=tunnels.session'
UP_TOO = 't=2026-11-23T17:46:05+0000 lvl=info msg="client session established" obj=csess'
DOWN = (
    't=2026-11-23T17:47:05+0000 lvl=eror msg="session closed, starting reconnect loop" '
    "obj=csess id=x err=EOF"
)


def test_fields_are_read_with_their_quotes_and_escapes() -> None:
    assert fields(r'lvl=eror err="say \"no\"\nERR_NGROK_105\r" obj=web empty= addr=[::1]:4040') == {
        "lvl": "eror",
        "err": 'say "no"\nERR_NGROK_105\r',
        "obj": "web",
        "empty": "",
        "addr": "[::1]:4040",
    }


def test_the_session_is_followed_from_start_to_loss_and_back() -> None:
    log = AgentLog()
    heard = [log.read(line) for line in (WEB, NO_HOST, UP, UP_TOO, DOWN, NO_HOST, UP, UP_TOO)]

    assert heard == [
        Heard.NOTHING,
        Heard.LOST,
        Heard.BACK,
        Heard.NOTHING,
        Heard.LOST,
        Heard.LOST,
        Heard.BACK,
        Heard.NOTHING,
    ]
    assert log.inspector_url == "http://127.0.0.1:4041"


def test_the_reason_is_kept_until_the_session_is_up() -> None:
    log = AgentLog()
    reasons = []
    for line in (NO_HOST, UP, UPDATE, DOWN):
        log.read(line)
        reasons.append(log.last_error)

    assert reasons == ["dial tcp: lookup tunnel.us.ngrok.com: no such host", None, None, "EOF"]


def test_an_error_without_a_field_for_it_is_its_message() -> None:
    log = AgentLog()
    log.read('lvl=crit msg="the license is gone" obj=app err=nil')
    assert log.last_error == "the license is gone"


def test_nothing_said_is_told_from_something_said() -> None:
    said = AgentLog()
    said.read("not logfmt at all")

    assert not AgentLog().said_anything
    assert said.said_anything
    assert not said.session


def test_an_address_that_is_none_is_not_taken() -> None:
    log = AgentLog()
    log.read('lvl=info msg="starting web service" obj=web addr="x\\" onload=1"')
    assert log.inspector_url is None


@given(st.text())
def test_no_line_breaks_it(line: str) -> None:
    AgentLog().read(line)
