"""The command itself, its options, and where its subcommands are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meterbase_tui.cli.examples import add_examples
from meterbase_tui.cli.lazy import LazyGroup, Place
from meterbase_tui.cli.options import EVERYTHING, pager_option, setting_options
from meterbase_tui.cli.session import Session
from meterbase_tui.version import PROGRAM, program_version

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTINGS = "meterbase_tui.cli.listing_commands"
_TENANCIES = "meterbase_tui.cli.tenancy_commands"
_SECTIONS: Mapping[str, Mapping[str, Place]] = {
    "Receive": {
        "listen": Place(
            "meterbase_tui.cli.listen", "listen", "Receive without a screen, one line a delivery."
        ),
        "view": Place(
            "meterbase_tui.cli.screen", "view", "Watch a store that another process receives into."
        ),
    },
    "Send": {
        "samples": Place(
            "meterbase_tui.cli.samples", "samples", "List the sample payloads and scenarios."
        ),
        "send": Place("meterbase_tui.cli.send", "send", "Sign and send samples or files."),
        "simulate": Place(
            "meterbase_tui.cli.simulate", "simulate", "Play Propexo: a scenario, with retries."
        ),
        "pms": Place("meterbase_tui.cli.pms", "pms", "Serve a simulated Propexo API."),
        "replay": Place("meterbase_tui.cli.replay", "replay", "Send stored deliveries again."),
        "curl": Place(
            "meterbase_tui.cli.curl", "curl", "Print a curl command for a stored delivery."
        ),
        "forwards": Place(
            "meterbase_tui.cli.forwards", "forwards", "List what your application was sent."
        ),
        "compare": Place(
            "meterbase_tui.cli.compare",
            "compare",
            "Send stored deliveries to two targets, and compare.",
        ),
        "sign": Place("meterbase_tui.cli.sign", "sign", "Print the signature of a file."),
    },
    "Look": {
        "deliveries": Place(
            _LISTINGS, "deliveries", "List what reached the receiver, accepted or refused."
        ),
        "events": Place(
            _LISTINGS, "events", "List what happened at Propexo, and what became of it."
        ),
        "units": Place(
            _LISTINGS, "units", "List units as they are now, the one changed last first."
        ),
        "leases": Place(_TENANCIES, "leases", "List leases, the one changed last first."),
        "residents": Place(_TENANCIES, "residents", "List residents, the one changed last first."),
        "rubs": Place(
            "meterbase_tui.cli.rubs",
            "rubs",
            "Show how a property's bill is divided over its units.",
        ),
        "refreshes": Place(
            _TENANCIES, "refreshes", "List what followed each sync, and how it goes."
        ),
        "changes": Place(
            _LISTINGS, "changes", "List changed fields of units, with their old and new values."
        ),
        "notifications": Place(
            "meterbase_tui.cli.notification_commands",
            "notifications",
            "List what a person should look at.",
        ),
        "properties": Place(_LISTINGS, "properties", "List properties, those to review first."),
        "connections": Place(
            _LISTINGS, "connections", "List connections, registered or only seen in an event."
        ),
        "reprocess": Place(
            "meterbase_tui.cli.registering", "reprocess", "Process events again, from their bodies."
        ),
        "diff": Place(
            "meterbase_tui.cli.diff", "diff", "Show what differs between two deliveries."
        ),
        "show": Place("meterbase_tui.cli.show", "show", "Show one delivery, event or unit, whole."),
    },
    "Keep": {
        "export": Place(
            "meterbase_tui.cli.export", "export", "Write the log or a part of it to a file."
        ),
        "import": Place(
            "meterbase_tui.cli.importing", "import_log", "Read a log that `export` has written."
        ),
        "prune": Place("meterbase_tui.cli.prune", "prune", "Delete old deliveries."),
    },
    "Check": {
        "doctor": Place(
            "meterbase_tui.cli.doctor", "doctor", "Check everything and say what to do."
        ),
        "status": Place(
            "meterbase_tui.cli.status", "status", "Show the store and its receiver at one look."
        ),
        "integrity": Place(
            "meterbase_tui.cli.integrity", "integrity", "Check every body against its checksum."
        ),
        "failures": Place(
            "meterbase_tui.cli.failures", "failures", "Sum up refused signatures by cause."
        ),
        "reverify": Place(
            "meterbase_tui.cli.reverify", "reverify", "Check refused signatures under a new secret."
        ),
        "verify": Place(
            "meterbase_tui.cli.verify", "verify", "Check the signature of a body offline."
        ),
        "logs": Place("meterbase_tui.cli.logs", "logs", "Show the program's own log."),
        "tunnel": Place(
            "meterbase_tui.cli.tunnel", "tunnel", "Show and test the public address, and mend it."
        ),
    },
    "Settings": {
        "config": Place(
            "meterbase_tui.cli.config", "config", "Show the settings in force and their sources."
        ),
        "secret": Place("meterbase_tui.cli.secret", "secret", "Show the signing secret."),
        "completion": Place(
            "meterbase_tui.cli.completion",
            "completion",
            "Print the script that completes words in a shell.",
        ),
    },
}


def _print_version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not context.resilient_parsing:
        click.echo(f"{PROGRAM} {program_version()}")
        context.exit()


@click.group(
    cls=LazyGroup,
    sections=_SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@setting_options(EVERYTHING)
@pager_option
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def root(context: click.Context) -> int | None:
    """Receive, verify, inspect and replay Propexo webhooks.

    Without a command, opens the screen with the receiver in it. Settings come from the options
    here or after a command, then from the environment, .env, and the configuration file.
    """
    session = context.ensure_object(Session)
    if context.invoked_subcommand is not None:
        return None
    # Here, since it takes Textual: no command does.
    from meterbase_tui.cli.screen import open_screen  # noqa: PLC0415

    return open_screen(session)


add_examples(root, "")
