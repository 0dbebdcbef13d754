"""What a fuzzer calls with any bytes: each raises when a promise about them does not hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meterbase_tui.text import visible, visible_bytes
from receiver.judging.judgement import judge
from receiver.judging.signing import SIGNATURE_HEADER, Secrets, sign
from receiver.judging.strict_json import InvalidJsonError, identify, parse
from store.records import Verdict
from tests.conftest import SECRET
from tests.stand_ins.json_grammar import is_i_json

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = SIGNATURE_HEADER.encode("ascii")
_STATUSES = {200, 400, 401, 415}


def read_json(data: bytes) -> None:
    """The strict reader accepts what the definitions do, and raises nothing else."""
    try:
        value = parse(data)
    except InvalidJsonError:
        assert not is_i_json(data)
        return
    assert is_i_json(data)
    assert value == json.loads(data)
    assert identify(parse(json.dumps(value).encode("ascii"))) == identify(value)


def check_signature(data: bytes) -> None:
    """The first part is a header's value, the rest the body: only a right signature passes."""
    value, _, body = data.partition(b"\n")
    judgement = judge(((_NAME, value),), body, Secrets(SECRET))
    is_right = value.strip(b" \t") == sign(SECRET, body).encode("ascii")
    assert (judgement.verdict is Verdict.VALID) is is_right
    assert judgement.status in (_STATUSES if is_right else {401})
    assert is_right or judgement.facts is None


def read_envelope(data: bytes) -> None:
    """A signed body is accepted with facts, or refused with a reason; nothing else."""
    headers = ((_NAME, sign(SECRET, data).encode("ascii")),)
    judgement = judge(headers, data, Secrets(SECRET))
    assert judgement.verdict is Verdict.VALID
    if judgement.status == 200:
        assert judgement.facts is not None
        assert judgement.facts.event
        assert judgement.facts.timestamp.tzinfo is not None
    else:
        assert (judgement.status, judgement.facts) == (400, None)
        assert judgement.explanation


def show(data: bytes) -> None:
    """Nothing that a terminal obeys comes out."""
    assert visible_bytes(data).isprintable()
    assert visible(data.decode("utf-8", "surrogateescape")).isprintable()


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (read_json, check_signature, read_envelope, show)
}
