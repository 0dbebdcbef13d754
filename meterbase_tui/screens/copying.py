"""What of a delivery goes to the clipboard, by the names of `CopyMenu`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meterbase_tui.privacy.discreet import CURL_REFUSED, HIDDEN
from meterbase_tui.terminal.clipboard import copy
from sample_payloads.curl import fits_inline

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from meterbase_tui.desk import Desk
    from meterbase_tui.queries.details import Detail


async def copy_part(app: App[Any], desk: Desk, detail: Detail, name: str) -> None:
    """Copies a part of a delivery, masked while personal data is, and says where it is."""
    detail = await desk.discretion.cover(detail)
    if (why := _refuse(name, detail)) is not None:
        desk.tell(app, why, severity="warning")
        return
    text = _text_to_copy(name, detail, desk)
    if text is None:
        desk.tell(app, "There is none to copy.", severity="warning")
    else:
        desk.tell(app, copy(app, text, _describe(name, detail)))


def _text_to_copy(name: str, detail: Detail, desk: Desk) -> str | None:
    """What a choice of the copy menu stands for; None when there is no such thing."""
    delivery, content = detail.delivery, detail.content
    texts: dict[str, Callable[[], str | None]] = {
        "id": lambda: str(delivery.id),
        "record": lambda: delivery.resource_id,
        "url": lambda: desk.url_to_paste,
        "headers": lambda: "\n".join(f"{_text(k)}: {_text(v)}" for k, v in content.headers),
        "curl": lambda: _curl(detail, desk),
        "body": lambda: content.body.decode("utf-8", "replace"),
    }
    return texts[name]()


def _refuse(name: str, detail: Detail) -> str | None:
    """Why a choice of the copy menu is not copied while personal data is masked, as a sentence."""
    if not detail.masked:
        return None
    if name == "curl":
        return CURL_REFUSED
    return HIDDEN if name == "body" and detail.hidden else None


def _describe(name: str, detail: Detail) -> str:
    """What was copied, for the sentence that says so."""
    masked = detail.masked and name in ("body", "headers")
    return f"the {name} with personal data masked" if masked else f"the {name}"


def _curl(detail: Detail, desk: Desk) -> str:
    delivery, content = detail.delivery, detail.content
    # Signing takes the secret, which who only watches may not know.
    known = desk.link.settings.secret is not None
    if not known or not content.complete or not fits_inline(content.body):
        return f"meterbase-tui curl {delivery.id} --body-file body.json"
    return desk.outbox.build_curl(delivery, content)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
