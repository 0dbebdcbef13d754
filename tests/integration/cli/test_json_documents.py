"""What `--json` prints is what the page of JSON fields says, command by command."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import pytest
from reference_pages.json_fields import DOCUMENTS, record_fields

from meterbase_tui.cli.root import root
from sample_payloads import sign
from tests.integration.cli.conftest import SECRET
from tests.stand_ins.application import Application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.integration.cli.conftest import Cli, Listening, Outcome

    Inside = Callable[..., Outcome]
    Start = Callable[..., AbstractContextManager[Listening]]

OTHER_SECRET = "whsec_of_another_environment"
ELSEWHERE = {"tunnel test", "tunnel recover"}
"""Held in `test_tunnel.py`, where there is a public address and an agent."""


def commands_with_json() -> Iterator[str]:
    def walk(command: click.Command, context: click.Context, path: str) -> Iterator[str]:
        if any("--json" in option.opts for option in command.params):
            yield path.strip()
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                below = click.Context(found, parent=context, info_name=name)
                yield from walk(found, below, f"{path} {name}")

    yield from walk(root, click.Context(root), "")


def test_every_command_with_json_is_described() -> None:
    kinds = {"show": {"show delivery", "show event", "show unit"}}
    expected: set[str] = set()
    for name in commands_with_json():
        expected |= kinds.get(name, {name})
    assert expected == {name for name in DOCUMENTS if ":" not in name}


def described(name: str) -> tuple[set[str], dict[str, set[str]]]:
    """The fields of a document, and those of the objects inside of it that are described."""
    record = DOCUMENTS[name].get("record")
    fields = set(record_fields(record)) if record else set()
    inner: dict[str, set[str]] = {}
    for field in DOCUMENTS[name].get("fields", {}):
        outer, _, last = field.partition("[].")
        fields.add(outer)
        if last:
            inner.setdefault(outer, set()).add(last)
    return fields, inner


def hold(name: str, printed: dict[str, Any]) -> None:
    fields, inner = described(name)
    assert set(printed) == fields, name
    for outer, names in inner.items():
        assert printed[outer], (name, outer)
        assert {key for each in printed[outer] for key in each} == names, (name, outer)


@pytest.fixture
def application() -> Iterator[Application]:
    with_answers = Application(SECRET.encode())
    yield with_answers
    with_answers.close()


class Printed:
    """Holds what commands print to its description, and knows which did."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self.names: set[str] = set()

    def see(self, name: str, *more: object, code: int = 0, **variables: str) -> None:
        """Runs a command with `--json`."""
        done = self._inside(*name.split(), *more, "--json", **variables)
        assert done.code == code, (name, done)
        document = "document" in DOCUMENTS[name]
        self.hold(name, done.document if document else done.lines[0])

    def hold(self, name: str, printed: dict[str, Any]) -> None:
        """What was printed under a name."""
        hold(name, printed)
        self.names.add(name)


def see_sent(printed: Printed, running: Listening, application: Application) -> None:
    """What sends to a receiver prints, and what it leaves there."""
    see, there = partial(printed.see, METERBASE_DB=str(running.db)), ("--url", running.url)
    sent = "data_new_unit", "data_update_unit", "data_new_lease", "data_new_resident"
    see("send", *sent, "sync_complete", *there)
    last = running.wait_for(type="outcome", event="sync.complete")
    see("send", "test_ping", *there, code=3, PROPEXO_WEBHOOK_SECRET=OTHER_SECRET)
    refused = running.wait_for(type="delivery", verdict="invalid")
    see("replay", 1, *there)
    running.wait_for(type="tunnel")
    running.wait_for(type="forward")
    see("show delivery", refused["id"])
    see("show event", last["id"])
    see("reverify", code=3, PROPEXO_WEBHOOK_SECRET=OTHER_SECRET)
    see("simulate", "unknown_connection", *there)
    see("compare", "--to", application.url, "--to", application.url, "--limit", 1)


def see_kept(printed: Printed, running: Listening) -> None:
    """What looks at a receiver and its store prints, and the receiver itself."""
    see = partial(printed.see, METERBASE_DB=str(running.db))
    for name in ("deliveries", "events", "units", "changes", "notifications", "properties"):
        see(name)
    for name in ("connections", "leases", "residents", "refreshes", "forwards", "failures"):
        see(name)
    see("show unit", "305")
    see("rubs", "prop_001", "--event", 2, "--bill", 4800)
    see("diff", 1, 2)
    see("tunnel url", code=3)
    for name in ("tunnel status", "status", "integrity", "logs"):
        see(name)
    see("doctor", code=3)  # the tunnel's program ends at once
    for line in list(running.lines):
        printed.hold(f"listen: {line['type']}", line)


def see_alone(printed: Printed, db: str, folder: Path) -> None:
    """What needs no receiver prints."""
    see, body = partial(printed.see, METERBASE_DB=db), folder / "body"
    body.write_bytes(b"{}")
    see("import", folder / "log.jsonl", "--dry-run", METERBASE_DB=str(folder / "other.db"))
    see("prune", "--older-than", "30d", "--dry-run")
    see("samples show", "test_ping")
    for name in ("samples", "secret", "config"):
        see(name)
    see("verify", body, "--signature", sign(b"{}", SECRET)["X-Propexo-Signature"])


def test_everything_printed_is_described(
    cli: Cli, inside: Inside, listening: Start, application: Application, tmp_path: Path
) -> None:
    printed = Printed(inside)
    given = ("--forward-to", application.url, "--tunnel", "command", "--tunnel-command", "false")
    with listening(*given) as running:
        see_sent(printed, running, application)
        see_kept(printed, running)
        db = str(running.db)
    assert inside("export", "--output", tmp_path / "log.jsonl", METERBASE_DB=db).code == 0
    see_alone(printed, db, tmp_path)
    with cli.started("pms", "serve", "--json", "--api-port", 0) as serving:
        assert serving.stdout is not None
        hold("pms serve", json.loads(serving.stdout.readline()))
    assert printed.names == set(DOCUMENTS) - ELSEWHERE - {"listen", "pms serve"}
