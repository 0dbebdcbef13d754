"""Examples in the help of every command; a test types each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from meterbase_tui.version import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Example:
    """A line to type, and what it does."""

    line: str
    """Without the program's name."""
    about: str
    alone: bool = True
    """Whether it ends by itself and needs nothing but a receiver on this machine."""


def _of(*examples: tuple[str, str]) -> tuple[Example, ...]:
    return tuple(Example(line, about) for line, about in examples)


def _apart(*examples: tuple[str, str]) -> tuple[Example, ...]:
    return tuple(Example(line, about, alone=False) for line, about in examples)


EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "": _apart(
        ("", "open the screen, and receive"),
        ("--tunnel ngrok", "the same with a public address"),
        (
            "--forward-to http://localhost:3000/hooks",
            "pass valid deliveries on to your application",
        ),
    ),
    "listen": _apart(
        ("listen", "one line a delivery, until Ctrl-C"),
        ("listen --json --port 0", "for a script: the first line says the port"),
    ),
    "view": _apart(
        ("view", "watch, from a second terminal, what another receives"),
        ("view --browser", "the same in a browser on this machine"),
    ),
    "samples": _of(
        ("samples", "everything that can be sent and played"),
        ("samples data_update_unit", "one payload, to be edited and sent from a file"),
    ),
    "samples show": _of(("samples show wrong_secret_then_right", "a scenario's file")),
    "samples save": _of(("samples save 2 my_unit --force", "keep delivery 2 as a sample")),
    "samples schema": _of(("samples schema", "the JSON Schema of all payloads")),
    "send": _of(
        ("send data_new_unit data_update_unit", "a unit appears, then somebody moves in"),
        ("send data_update_unit --set data.status=vacant", "the same, edited"),
        ("send test_ping --bad-signature no_prefix", "see a signature refused, and why"),
        ("send test_ping --repeat 20 --rate 50", "20 of them, 50 a second"),
        ("send body.json", "a file of your own"),
    ),
    "simulate": (
        *_of(("simulate wrong_secret_then_right", "Propexo's retries, a day in a second")),
        *_apart(("simulate first_import --register", "register what it needs, then play a minute")),
    ),
    "pms": _apart(("pms serve --api-port 0", "a simulated Propexo API")),
    "pms serve": _apart(("pms serve --api-port 0", "on any free port; it prints the settings")),
    "replay": _of(
        ("replay 2", "delivery 2 again, byte for byte: a duplicate"),
        ("replay 2 --set data.status=vacant --resign", "edited and signed anew: a new event"),
    ),
    "curl": _of(("curl 2", "a command that sends delivery 2, correctly signed")),
    "forwards": _of(
        ("forwards", "what your application was sent, and what it answered"),
        ("forwards --state failed", "what it did not take"),
    ),
    "forwards retry": _of(("forwards retry", "what failed, now that your application is back")),
    "forwards release": _of(("forwards release", "send what is left from before")),
    "forwards drop": _of(("forwards drop --failed", "give up what failed")),
    "compare": _apart(
        (
            "compare 2 --to http://localhost:3000 --to http://localhost:4000",
            "what two versions of your application answer",
        )
    ),
    "sign": _of(("sign body.json", "the value of X-Propexo-Signature for a file")),
    "deliveries": _of(
        ("deliveries --since 1h", "of the last hour"),
        ("deliveries --verdict invalid --limit 5", "the newest that were refused"),
        ("deliveries --search unit_xyz789 --json", "that hold a text, for a script"),
    ),
    "events": _of(
        ("events --event data.update --unit 305", "updates of unit 305"),
        ("events --state failed", "what could not be processed, and why"),
    ),
    "units": _of(("units --property prop_001", "the units of a property as they are now")),
    "leases": _of(("leases --limit 5", "the leases that changed last")),
    "residents": _of(("residents --limit 5", "the residents that changed last")),
    "rubs": _of(
        ("rubs prop_001 --bill 4800", "how a bill of 4,800.00 is divided now"),
        ("rubs prop_001 --method sqft", "by area instead of people"),
    ),
    "refreshes": _of(("refreshes", "what was fetched after each sync")),
    "changes": _of(("changes --since 7d", "what changed in a week")),
    "notifications": _of(("notifications --limit 5", "the newest that a person should look at")),
    "notifications dismiss": _of(("notifications dismiss --all", "off the list; they stay stored")),
    "notifications restore": _of(("notifications restore --all", "bring them back")),
    "properties": _of(("properties --state review", "properties that wait for a decision")),
    "properties link": _of(
        ("properties link prop_001 --connection conn_abc123", "process its events from now on")
    ),
    "properties unlink": _of(
        ("properties unlink prop_001 --connection conn_abc123", "stop; its records stay")
    ),
    "connections": _of(("connections", "registered, or only seen in an event")),
    "connections add": _of(("connections add conn_new --name Maple", "process its events")),
    "connections remove": _of(("connections remove conn_new", "stop; its records stay")),
    "reprocess": _of(("reprocess --failed", "try again what failed")),
    "diff": _of(("diff 1 2", "what differs between two deliveries, field by field")),
    "show": _of(
        ("show delivery 2", "headers, body, verdict, processing and changes"),
        ("show unit 305", "a unit by its number, with what happened to it"),
    ),
    "export": _of(
        ("export --output log.jsonl", "everything, for `import` on another machine"),
        ("export --format har --redact --output log.har", "for a browser, without people's data"),
    ),
    "import": _of(("import log.jsonl --db copy.db", "into a store of its own")),
    "prune": _of(("prune --older-than 30d --keep 1000 --dry-run", "what a month's rule deletes")),
    "doctor": _of(("doctor", "every check, and what to do; exit code 3 if one fails")),
    "status": _of(("status", "how much there is, the limits, and who receives")),
    "integrity": _of(("integrity", "read the whole store; exit code 3 if something is not right")),
    "logs": _of(("logs --level warning --since 1h", "what went wrong inside in the last hour")),
    "failures": _of(("failures", "refused signatures by cause and sender")),
    "reverify": _of(("reverify --dry-run", "which refused ones fit the secret in force")),
    "verify": _of(
        (
            "verify body.json --signature sha256=0000",
            "why a signature does not fit a body; exit code 3",
        )
    ),
    "tunnel": _of(("tunnel status", "how the public address is")),
    "tunnel status": _of(("tunnel status", "how the public address is")),
    "tunnel url": _of(("tunnel url", "the address for Propexo's dashboard, and the steps")),
    "tunnel test": _apart(("tunnel test", "a signed test.ping through the public address")),
    "tunnel recover": _apart(("tunnel recover", "what the agent saw and the log lacks")),
    "tunnel restart": _apart(("tunnel restart", "after the network has changed")),
    "tunnel install": _apart(("tunnel install", "download ngrok's agent, after asking")),
    "config": _of(
        ("config --init", "write a file with every setting in comments"),
        ("config", "what is in force, and where it comes from"),
        ("config --check", "what is wrong, with line and column"),
    ),
    "secret": _of(("secret --reveal", "the secret itself, for Propexo's dashboard")),
    "completion": _of(
        ("completion bash", 'add to ~/.bashrc: eval "$(meterbase-tui completion bash)"')
    ),
}
"""By the words of the command, without the program's name."""


def add_examples(command: click.Command, path: str) -> None:
    """Puts the examples of a command, and of those below it, under its help.

    Args:
        command: the command.
        path: its words, without the program's name.
    """
    lines = [
        f"  {PROGRAM} {example.line}".rstrip() + f"\n      {example.about}"
        for example in EXAMPLES.get(path, ())
    ]
    if lines:
        # click's mark for lines that are not to be filled anew.
        command.epilog = "\n".join(("\b", "Examples:", *lines))
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            add_examples(below, f"{path} {name}".strip())
