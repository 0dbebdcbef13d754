"""Draws the pictures of the screen that the README shows, from the program itself.

Run it from the repository's folder: `python docs/make_pictures.py`. It plays samples and a scenario
into a store of its own, on a free port, and needs no terminal.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.receiving.links import OwnReceiver
from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.tunnel import ProviderName
from sample_payloads.signatures import Mistake

if TYPE_CHECKING:
    from textual.pilot import Pilot

_FOLDER = Path(__file__).parent / "pictures"
_SIZE = (132, 36)
_SECRET = b"0123456789abcdef0123456789abcdef"
_FOREIGN_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Textual names a font on somebody's server; a reader's own serves as well."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """A picture: its file, and the keys that lead there."""

    name: str
    keys: tuple[str, ...] = ()
    theme: str = "dark"
    filled: bool = True


_SCENES = (
    _Scene("dashboard-dark"),
    _Scene("dashboard-light", theme="light"),
    _Scene("signature", ("2", "down", "enter", "l", "l")),
    _Scene("samples", ("s", "j", "j", "p"), filled=False),
)


async def _draw(scene: _Scene, folder: Path) -> None:
    settings = Settings(
        db=folder / f"{scene.name}.db", port=0, secret=_SECRET, tunnel=ProviderName.NONE
    )
    with open_runtime(settings) as runtime:
        reading = Reading(settings.db)
        desk = Desk(OwnReceiver(runtime), reading)
        try:
            if scene.filled:
                await _fill(desk)
            await _picture(desk, scene)
        finally:
            desk.close()
            reading.close()


async def _fill(desk: Desk) -> None:
    catalogue = desk.outbox.catalogue
    for sample in catalogue:
        if not sample.name.startswith(("hostile", "refused")):
            reply = await desk.outbox.send_sample(sample)
            await desk.mailroom.find_outcome(reply)
    ping = catalogue.find("test_ping")
    for mistake in (Mistake.PLACEHOLDER, Mistake.BODY_RESERIALIZED, Mistake.SECRET_WHITESPACE):
        await desk.outbox.send_sample(ping, mistake)


async def _picture(desk: Desk, scene: _Scene) -> None:
    app = MeterbaseApp(desk)
    async with app.run_test(size=_SIZE) as pilot:
        app.theme = f"meterbase-{scene.theme}"
        await _settle(pilot)
        for key in scene.keys:
            await pilot.press(key)
            await _settle(pilot)
        picture = _FOREIGN_FONT.sub("", app.export_screenshot(title="meterbase-tui"))
    (_FOLDER / f"{scene.name}.svg").write_text(picture, encoding="utf-8")


async def _settle(pilot: Pilot[None]) -> None:
    """The panels are drawn some ten times a second, the first checks take a moment."""
    await pilot.pause(1.0)


def main() -> None:
    """Draws all of them."""
    _FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for scene in _SCENES:
            asyncio.run(_draw(scene, Path(folder)))


if __name__ == "__main__":
    main()
