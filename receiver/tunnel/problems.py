"""From what a program said to the problem behind it, and to what happens next."""

from __future__ import annotations

import json
import re

from receiver.tunnel.advice import NGROK, OWN, Advice
from receiver.tunnel.redaction import one_line
from receiver.tunnel.status import Problem

_NGROK_CODE = re.compile(r"ERR_NGROK_(\d{1,6})")
_NETWORK = re.compile(
    r"no such host|lookup \S+|dial tcp|network is (?:unreachable|down)|no route to host"
    r"|i/o timeout|timed out|connection re(?:fused|set)|could not resolve|name or service"
    r"|temporary failure in name resolution|broken pipe|kex_exchange",
    re.IGNORECASE,
)
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("web_addr_taken", re.compile(r"address already in use", re.IGNORECASE)),
    ("tls_intercepted", re.compile(r"x509|certificate", re.IGNORECASE)),
    ("no_network", _NETWORK),
    (
        "agent_config",
        re.compile(r"yaml|config(?:uration)? file|web_addr|log_format|log_level", re.IGNORECASE),
    ),
)
# What may pass without anyone doing something, and so is tried again.
_PASSING = frozenset(
    {
        "no_network",
        "agent_silent",
        "agent_api",
        "agent_died",
        "command_silent",
        "command_offline",
        "command_ended",
    }
)
# Right after a break the service may still count the connection that was lost.
_PASSING_AFTER_ONLINE = frozenset(
    {"ERR_NGROK_334", "ERR_NGROK_108", "endpoint_refused", "command_failed", "web_addr_taken"}
)


def own(code: str, detail: str = "") -> Problem:
    """One of our own problems; `detail` is what the program itself said, already redacted.

    Raises:
        KeyError: there is no such code.
    """
    advice = OWN[code]
    said = one_line(detail)
    return Problem(code, f"{advice.sentence} ({said})" if said else advice.sentence, advice.cure)


def from_ngrok(number: int, detail: str = "") -> Problem:
    """The problem behind ngrok's error `number`; an unknown one says what ngrok said."""
    code = f"ERR_NGROK_{number}"
    advice = NGROK.get(number)
    if advice is None:
        said = one_line(_NGROK_CODE.sub("", detail)) or "it gave no reason"
        advice = Advice(f"ngrok refused: {said}", "The linked page says what to do.")
    return Problem(
        code, advice.sentence, advice.cure, f"https://ngrok.com/docs/errors/err_ngrok_{number}"
    )


def from_text(text: str, otherwise: str) -> Problem:
    """The problem that a (redacted) text of a program means; the code `otherwise` if no known one.

    Accepts a log line's error as well as the JSON body of the agent's API, where the reason sits
    in `details.err`.
    """
    said = _reason(text)
    match = _NGROK_CODE.search(said)
    if match:
        return from_ngrok(int(match[1]), said)
    for code, sign in _SIGNS:
        if sign.search(said):
            return own(code, said)
    return own(otherwise, said)


def is_network(text: str) -> bool:
    """Whether a program's words mean that the network is missing."""
    return _NETWORK.search(text) is not None


def passes(problem: Problem, *, was_online: bool) -> bool:
    """Whether trying again later makes sense without anyone doing something first."""
    return problem.code in _PASSING or (was_online and problem.code in _PASSING_AFTER_ONLINE)


def _reason(text: str) -> str:
    try:
        body = json.loads(text)
        return str(body["details"]["err"] or body["msg"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return text
