"""Writes the reference pages that are made from the code; a test holds them to it.

Run it from the repository's folder: `python docs/make_reference.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from reference_pages import checks, configuration, exit_codes, json_fields, keys, samples
from reference_pages.markdown import cell

from meterbase_tui.cli.examples import EXAMPLES
from meterbase_tui.cli.lazy import LazyGroup
from meterbase_tui.cli.root import root
from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.version import PROGRAM
from receiver.diagnosis.codes import DiagnosisCode
from receiver.diagnosis.explanations import EXPLANATIONS
from sample_payloads.signatures import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.cli.examples import Example
    from meterbase_tui.settings.definition import Definition

_DOCS = Path(__file__).parent
_HEAD = """# Diagnoses

Why a signature did not match, most specific first. A cause is said only when a recomputed digest
proves it, or when the header's form does; two causes at once are both told. Each can be seen live:
send it with `meterbase-tui send test_ping --bad-signature KIND`, then look at *Signature failures*
or `meterbase-tui show delivery ID`. `meterbase-tui verify FILE --signature VALUE` explains one
offline.

The sender is told nothing of this: it gets `401 {"error":"invalid_signature"}`, whatever the cause.

This page is made from `receiver/diagnosis/explanations.py` by `docs/make_reference.py`.
"""


def diagnoses() -> str:
    """The page `diagnoses.md`."""
    kinds: dict[str, list[str]] = {}
    for mistake in Mistake:
        kinds.setdefault(mistake.diagnosis, []).append(mistake.value)
    parts = [_HEAD]
    for code in DiagnosisCode:
        explanation = EXPLANATIONS[code]
        see = ", ".join(f"`{kind}`" for kind in kinds.get(code.value, ()))
        parts.append(
            f"## {code.value}\n\n{explanation.cause}\n\n"
            f"- **What to do:** {explanation.cure}\n"
            f"- **Proof:** {explanation.proof}\n"
            + (f"- **See it:** `--bad-signature` {see}\n" if see else "")
        )
    return "\n".join(parts)


_COMMANDS_HEAD = """# Commands

Every command says the same with `--help`, and takes `--profile NAME`, `--config FILE` and
`--env-file FILE`. Listings take `--json` for one JSON object a line; narration goes to standard
error. Exit codes: 0 done, 1 unexpected, 2 wrong usage or setting, 3 a problem was found, 4 not
found, 5 no receiver reachable, 6 in use, 130 interrupted.

On a terminal, output that is longer than it is shown by `$PAGER` (`less` where that is not set);
`--no-pager` prints it straight. Colours are left out where `NO_COLOR` is set.

Commands, options, and names of samples, scenarios and what is in the store are completed after this
line in `~/.bashrc`; in `~/.zshrc`, with `zsh`, below `compinit`; for fish, put what
`meterbase-tui completion fish` prints into `~/.config/fish/completions/meterbase-tui.fish`.

```sh
eval "$(meterbase-tui completion bash)"
```

This page is made from the command line itself by `docs/make_reference.py`.
"""
_SETTINGS_HEAD = """# Settings

A setting comes from the command line, else the environment, else `.env` in the folder where the
program is started, else the [configuration file](configuration.md), else the default.
`meterbase-tui config` shows what is in force and where each value comes from. Secrets, keys and
tokens have no option: a command line is readable by others.

This page is made from `meterbase_tui/settings/definitions.py` by `docs/make_reference.py`.

| In the configuration file | Environment | Option | What it is |
| --- | --- | --- | --- |
"""


def commands() -> str:
    """The page `commands.md`."""
    context = click.Context(root, info_name="meterbase-tui")
    parts = [_COMMANDS_HEAD, _describe(root, context, "## meterbase-tui")]
    for title, places in root.sections.items():
        parts.append(f"## {title}\n")
        for name in places:
            parts += _describe_all(root, context, name)
    return "\n".join(parts)


def _describe_all(group: LazyGroup, parent: click.Context, name: str) -> Iterator[str]:
    command = group.get_command(parent, name)
    assert command is not None, name
    context = click.Context(command, info_name=name, parent=parent)
    yield _describe(command, context, f"### {context.command_path}")
    if isinstance(command, LazyGroup):
        for inner in command.list_commands(context):
            yield from _describe_all(command, context, inner)
    elif isinstance(command, click.Group):
        for inner, found in command.commands.items():
            below = click.Context(found, info_name=inner, parent=context)
            yield _describe(found, below, f"### {below.command_path}")


def _describe(command: click.Command, context: click.Context, heading: str) -> str:
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    lines = [heading, "", f"`{usage}`", "", *_paragraphs(command.help or "")]
    own: list[tuple[str, str]] = []
    of_settings: list[str] = []
    # The usage line has the arguments, and whether click lists them depends on its version.
    for option in (each for each in command.get_params(context) if isinstance(each, click.Option)):
        record = option.get_help_record(context)
        if record is not None and not _ALWAYS.intersection(option.opts):
            if _SETTINGS.intersection(option.opts):
                of_settings.append(f"`{option.opts[0]}`")
            else:
                own.append(record)
    if own:
        lines += ["| Option | |", "| --- | --- |"]
        lines += [f"| `{cell(name)}` | {cell(words)} |" for name, words in own]
        lines.append("")
    if examples := EXAMPLES.get(context.command_path.partition(" ")[2]):
        lines += ["```sh", *map(_example, examples), "```", ""]
    if of_settings:
        lines += [f"And of the [settings](settings.md): {', '.join(of_settings)}.", ""]
    return "\n".join(lines)


def _example(example: Example) -> str:
    return f"{PROGRAM} {example.line}".ljust(_WIDEST_LINE) + f"  # {example.about}"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.replace("\b", "").strip().split("\n\n"):
        yield " ".join(paragraph.split())
        yield ""


def settings() -> str:
    """The page `settings.md`."""
    return _SETTINGS_HEAD + "".join(map(_row, DEFINITIONS))


def _row(definition: Definition) -> str:
    option = f"`{definition.option}`" if definition.option else "–"
    what = cell(definition.help)
    return f"| `{definition.name}` | `{definition.variable}` | {option} | {what} |\n"


_WIDEST_LINE = 50
"""Where the remarks of examples begin, if the lines are short enough."""
_SETTINGS = {each.option for each in DEFINITIONS if each.option} | {"--no-tunnel"}
_ALWAYS = {"--config", "--env-file", "--profile", "--help"}

PAGES = {
    "diagnoses.md": diagnoses,
    "commands.md": commands,
    "settings.md": settings,
    "configuration.md": configuration.page,
    "config.schema.json": configuration.schema,
    "keys.md": keys.page,
    "json-fields.md": json_fields.page,
    "exit-codes.md": exit_codes.page,
    "checks.md": checks.page,
    "samples.md": samples.page,
}
"""Each page's file with what makes it."""


def main() -> None:
    """Writes every page."""
    for name, make in PAGES.items():
        (_DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
