"""Every command has examples in its help, and each of them does what it says."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click
import pytest

from meterbase_tui.cli.examples import EXAMPLES, Example
from meterbase_tui.cli.root import root
from meterbase_tui.cli.session import Session
from tests.conftest import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Cli = Any
    Inside = Callable[..., Any]
    Listening = Callable[..., Any]

#: The exit codes of those that show something that is not well.
CODES = {
    "send test_ping --bad-signature no_prefix": 3,
    "verify body.json --signature sha256=0000": 3,
    "tunnel url": 3,
}
#: What is seen in the output of some of them.
SEEN = {
    "samples data_update_unit": '"data.update"',
    "send test_ping --repeat 20 --rate 50": "✓ test_ping",
    "replay 2": "duplicate",
    "deliveries --verdict invalid --limit 5": "401",
    "deliveries --search unit_xyz789 --json": '"resource_id":"unit_xyz789"',
    "events --event data.update --unit 305": "data.update",
    "rubs prop_001 --bill 4800": "4,800.00",
    "diff 1 2": "status",
    "show unit 305": "unit_xyz789",
    "sign body.json": "sha256=",
    "curl 2": "curl",
    "import log.jsonl --db copy.db": "Imported",
    "doctor": "signature",
    "failures": "missing prefix",
    "config --init": "Wrote",
    "config": "METERBASE_PORT",
    "completion bash": "complete -o nosort",
}


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        yield below.command_path.partition(" ")[2], command
        if isinstance(command, click.Group):
            yield from commands(command, below)


ALL = dict(commands(root, click.Context(root, info_name="meterbase-tui")))


@pytest.mark.parametrize("path", ["", *ALL])
def test_every_command_has_examples_in_its_help(inside: Inside, path: str) -> None:
    ended = inside(*path.split(), "--help")
    assert ended.code == 0
    for example in EXAMPLES[path]:
        assert f"  meterbase-tui {example.line}".rstrip() + "\n" in ended.out
        assert f"      {example.about}\n" in ended.out


def test_there_are_examples_of_nothing_else() -> None:
    assert set(EXAMPLES) == {"", *ALL}


def _examples(*, alone: bool) -> list[Example]:
    found = {each.line: each for examples in EXAMPLES.values() for each in examples}
    return [each for each in found.values() if each.alone is alone]


@pytest.mark.parametrize("example", _examples(alone=False), ids=lambda each: each.line or "none")
def test_those_that_stay_or_go_outside_are_understood(example: Example) -> None:
    words = shlex.split(example.line)
    context = root.make_context("meterbase-tui", list(words), obj=Session())
    group: click.Command = root
    while isinstance(group, click.Group) and context._protected_args:
        name, *rest = [*context._protected_args, *context.args]
        found = group.get_command(context, name)
        assert found is not None
        group, context = found, found.make_context(name, rest, parent=context)


def test_all_others_do_what_they_say(inside: Inside, listening: Listening, cli: Cli) -> None:
    (cli.cwd / "body.json").write_text(
        '{"event": "test.ping", "timestamp": "2026-03-25T12:00:00Z"}'
    )
    with listening() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        surroundings = {"METERBASE_PORT": port, "METERBASE_DB": str(receiver.db)}
        inside("send", "data_new_unit", "data_update_unit", "sync_complete", **surroundings)
        wait_until(lambda: not inside("events", "--state", "pending", **surroundings).out)
        for example in _examples(alone=True):
            ended = inside(*shlex.split(example.line), **surroundings)
            said = (example.line, ended)
            assert ended.code == CODES.get(example.line, 0), said
            assert SEEN.get(example.line, "") in ended.out, said
