"""What Propexo would send: payloads, signatures, and ways to send them.

For test suites of an application that takes Propexo's webhooks::

    from sample_payloads import load, sign

    body = load("data.update.unit.move_in")
    client.post("/api/webhooks/propexo", data=body, headers=sign(body, secret="…"))

The module `sample_payloads.pytest_plugin`, which pytest finds by itself, has fixtures for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["load", "sign"]


def load(
    name: str,
    *,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - the word of the command line
    remove: Iterable[str] = (),
    exact: bool = False,
) -> bytes:
    """The body of a sample, ready to be signed and sent.

    Args:
        name: of the catalogue (`meterbase-tui samples`), its words joined by dots, dashes or
            underscores.
        set: fields to set by path, such as `{"data.status": "vacant"}`.
        remove: fields to remove by path, before others are set.
        exact: keep the sample's own timestamp; otherwise it gets a fresh one, so that each call
            makes a new event. Samples whose timestamp is what they show keep theirs.

    Raises:
        LookupError: there is no such sample; it says which may have been meant.
        ValueError: an edit cannot be made.
    """
    # Here, so that importing the package for one of its modules costs nothing.
    from sample_payloads.catalogue import load_catalogue  # noqa: PLC0415
    from sample_payloads.edits import (  # noqa: PLC0415
        Assignment,
        Edits,
        Timestamps,
        edit_body,
        parse_path,
    )

    sample = load_catalogue().find(name)
    edits = Edits(
        tuple(Assignment(parse_path(path), value) for path, value in (set or {}).items()),
        tuple(parse_path(path) for path in remove),
    )
    fresh = None if exact or sample.exact else Timestamps().next()
    return edit_body(sample.body, edits, fresh)


def sign(body: bytes, secret: str | bytes, *, mistake: str | None = None) -> dict[str, str]:
    """The headers with which Propexo would send a body.

    Args:
        body: the bytes that will be sent.
        secret: the signing secret.
        mistake: a way of signing that has to be refused, such as `missing` or `upper_case`; those
            that change the body itself (`body_…`) cannot be told by headers alone.

    Raises:
        ValueError: there is no such mistake, or it changes the body.
    """
    from sample_payloads.signatures import find_mistake, sign_body  # noqa: PLC0415

    key = secret.encode("utf-8") if isinstance(secret, str) else secret
    signed = sign_body(key, body, None if mistake is None else find_mistake(mistake))
    if signed.body != body:
        raise ValueError(f"{mistake} changes the body; use the fixture `propexo` to send it.")
    return {"Content-Type": "application/json", **dict(signed.headers)}
