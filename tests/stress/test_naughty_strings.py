"""Odd strings in every place of an event, all the way: received, listed, shown, exported."""

from __future__ import annotations

import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from meterbase_tui.app import MeterbaseApp
from meterbase_tui.cli import main
from meterbase_tui.desk import Desk
from meterbase_tui.queries.reading import Reading
from meterbase_tui.runtime import open_runtime
from meterbase_tui.settings import Settings
from receiver.judging.strict_json import parse
from receiver.tunnel import ProviderName
from store.reader import Reader
from store.reading.events import list_events
from tests.conftest import Bench
from tests.integration.receiver.conftest import accept
from tests.stand_ins.arrivals import look
from tests.stand_ins.still_receiver import SECRET, StillReceiver, unit
from tests.stress.naughty_strings import GATHERED, NAUGHTY

if TYPE_CHECKING:
    from pathlib import Path

ALL = tuple(dict.fromkeys((*NAUGHTY, *GATHERED)))


def bodies() -> list[bytes]:
    """Each string in each place of a unit, and all of them in one body."""
    found = [
        unit(
            "data.update", number, id=f"u{number}{text}", unit_number=text, status=text,
            more=[text, {text: text}],
        )
        for number, text in enumerate(ALL)
    ]  # fmt: skip
    return [*found, unit("data.update", len(ALL), id="all", names=list(ALL))]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("naughty") / "store.db"
    settings = Settings(db=path, port=0, secret=SECRET, tunnel=ProviderName.NONE)
    accept(settings, map(json.loads, bodies()))
    with open_runtime(settings) as runtime, closing(Bench(runtime)) as bench:
        bench.settle(30)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_each_is_read_as_what_it_is() -> None:
    for text in ALL:
        for ascii_only in (True, False):
            written = json.dumps({text: [text]}, ensure_ascii=ascii_only)
            assert parse(written.encode("utf-8")) == {text: [text]}


def test_each_is_stored_and_processed_as_it_came(store: Path) -> None:
    assert look(store, "SELECT body FROM deliveries ORDER BY id") == bodies()
    with closing(Reader(store)) as reader, reader.connect() as connection:
        events = list_events(connection, limit=0)[::-1]
    assert [event.resource_id for event in events[:-1]] == [
        f"u{number}{text}" for number, text in enumerate(ALL)
    ]
    assert {str(event.state) for event in events} == {"processed"}


@pytest.mark.parametrize("command", ["deliveries", "events", "units", "changes"])
def test_each_is_listed_without_a_terminal_being_acted_on(
    store: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    shown = run(capsys, command, "--db", str(store), "--limit", "0")
    assert shown.replace("\n", "").isprintable()
    assert len(shown.splitlines()) <= len(ALL) + 2
    listed = run(capsys, command, "--db", str(store), "--limit", "0", "--json")
    assert all(json.loads(line) for line in listed.splitlines())


def test_each_is_exported_and_imported_byte_for_byte(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("PROPEXO_WEBHOOK_SECRET", SECRET.decode("ascii"))
    file, new = tmp_path / "log.jsonl", tmp_path / "new.db"
    run(capsys, "export", "--db", str(store), "--output", str(file))
    run(capsys, "import", str(file), "--db", str(new))
    assert look(new, "SELECT body FROM deliveries ORDER BY id") == bodies()


def _draw(app: MeterbaseApp) -> str:
    strips = app.screen._compositor.render_strips()
    return "".join(segment.text for strip in strips for segment in strip)


async def test_all_are_on_the_screen_and_nothing_obeys(store: Path) -> None:
    with closing(Reading(store)) as reading:
        desk = Desk(StillReceiver(Settings(db=store, secret=SECRET)), reading)
        app = MeterbaseApp(desk)
        try:
            async with app.run_test(size=(160, 45), notifications=True) as pilot:
                deadline = time.monotonic() + 10
                seen = ""
                # Page after page, until one that needs it was shown.
                while "\\x1b" not in seen:
                    assert time.monotonic() < deadline, seen
                    await pilot.pause(0.1)
                    seen = _draw(app)
                    assert seen.isprintable()
                    await pilot.press("pagedown")
                for key in ("home", "enter", "pagedown", "end"):
                    await pilot.press(key)
                    await pilot.pause()
                    assert _draw(app).isprintable()
                assert app.is_running
        finally:
            desk.close()
