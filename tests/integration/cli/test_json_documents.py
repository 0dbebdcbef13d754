"""What `--json` prints is what the page of JSON fields says, command by command."""

from __future__ import annotations

import json
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


def test_everything_printed_is_described(
    cli: Cli,
    inside: Inside,
    listening: Start,
    application: Application,
    tmp_path: Path,
) -> None:
    (tmp_path / "body").write_bytes(b"{}")
    held: set[str] = set()
    given = ("--forward-to", application.url, "--tunnel", "command", "--tunnel-command", "false")
    with listening(*given) as running:
        db = {"METERBASE_DB": str(running.db)}

        def see(name: str, *more: object, code: int = 0, **variables: str) -> None:
            done = inside(*name.split(), *more, "--json", **(db | variables))
            assert done.code == code, (name, done)
            document = "document" in DOCUMENTS[name]
            hold(name, done.document if document else done.lines[0])
            held.add(name)

        sent = "data_new_unit", "data_update_unit", "data_new_lease", "data_new_resident"
        see("send", *sent, "sync_complete", "--url", running.url)
        last = running.wait_for(type="outcome", event="sync.complete")
        see("send", "test_ping", "--url", running.url, code=3, PROPEXO_WEBHOOK_SECRET=OTHER_SECRET)
        refused = running.wait_for(type="delivery", verdict="invalid")
        see("replay", 1, "--url", running.url)
        running.wait_for(type="tunnel")
        running.wait_for(type="forward")
        for name in ("deliveries", "events", "units", "changes", "notifications", "properties"):
            see(name)
        for name in ("connections", "leases", "residents", "refreshes", "forwards", "failures"):
            see(name)
        see("show delivery", refused["id"])
        see("show event", last["id"])
        see("show unit", "305")
        see("reverify", code=3, PROPEXO_WEBHOOK_SECRET=OTHER_SECRET)
        see("simulate", "unknown_connection", "--url", running.url)
        see("compare", "--to", application.url, "--to", application.url, "--limit", 1)
        see("rubs", "prop_001", "--event", 2, "--bill", 4800)
        see("diff", 1, 2)
        see("tunnel status")
        see("tunnel url", code=3)
        see("status")
        see("integrity")
        see("logs")
        see("doctor", code=3)  # the tunnel's program ends at once
        for line in list(running.lines):
            hold(f"listen: {line['type']}", line)
            held.add(f"listen: {line['type']}")
    log = tmp_path / "log.jsonl"
    assert inside("export", "--output", log, **db).code == 0
    see("import", log, "--dry-run", METERBASE_DB=str(tmp_path / "other.db"))
    see("prune", "--older-than", "30d", "--dry-run")
    see("samples")
    see("samples show", "test_ping")
    see("secret")
    see("config")
    signature = sign(b"{}", SECRET)["X-Propexo-Signature"]
    see("verify", tmp_path / "body", "--signature", signature)
    with cli.started("pms", "serve", "--json", "--api-port", 0) as serving:
        assert serving.stdout is not None
        hold("pms serve", json.loads(serving.stdout.readline()))
    assert held == set(DOCUMENTS) - ELSEWHERE - {"listen", "pms serve"}
