"""`config`: the settings in force, and where each of them came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli.config_file import check_config, init_config, print_schema
from meterbase_tui.cli.exits import Exit
from meterbase_tui.cli.options import EVERYTHING, json_option, setting_options
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.privacy.masking import mask
from meterbase_tui.settings import with_known_secret
from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from meterbase_tui.exports.json_fields import Fields
    from meterbase_tui.settings import Settings
    from meterbase_tui.settings.definition import Definition

_COLUMNS = (
    Column("Setting", 10, 17),
    Column("Value", 9, 24),
    Column("Source", 8, 12),
    Column("Variable", 7, 31),
)


@click.command()
@click.option("--reveal", is_flag=True, help="Show secrets, keys and tokens too.")
@click.option(
    "--init",
    "task",
    flag_value="init",
    help="Write a configuration file with every setting in comments; never over another.",
)
@click.option(
    "--check", "task", flag_value="check", help="Say all that is wrong, with line and column."
)
@click.option(
    "--schema", "task", flag_value="schema", help="Print the file's JSON Schema, for editors."
)
@setting_options(EVERYTHING)
@json_option
@click.pass_obj
def config(session: Session, /, *, reveal: bool, task: str | None, as_json: bool) -> int:
    """Show the settings in force and their sources.

    It generates no secret; see `meterbase-tui secret`. --check ends with exit code 3 if something
    is wrong.
    """
    if task == "init":
        return init_config(session)
    if task == "schema":
        return print_schema(session)
    if task == "check":
        return check_config(session, as_json=as_json)
    settings, unusable = with_known_secret(session.load())
    session.warn(settings)
    if unusable:
        session.console.say(f"Warning: {unusable}")
    if as_json:
        session.console.json_document(_fields(settings, reveal=reveal))
        return Exit.DONE
    rows = [_row(settings, definition, reveal=reveal) for definition in DEFINITIONS]
    print_table(session.console, _COLUMNS, rows)
    session.console.say(_describe_file(settings))
    return Exit.DONE


def _describe_file(settings: Settings) -> str:
    file = settings.config_file
    if file is None or not file.exists():
        return f"There is no configuration file at {file}: meterbase-tui config --init writes one."
    profile = f", profile {settings.profile}" if settings.profile else ""
    others = [name for name in settings.profiles if name != settings.profile]
    more = f" Other profiles are {', '.join(others)}." if others else ""
    return f"The configuration file is {file}{profile}; its keys are the names above.{more}"


def _fields(settings: Settings, *, reveal: bool) -> Fields:
    return {
        "settings": {
            definition.name: {
                "value": _value(settings, definition, reveal=reveal),
                "source": settings.source(definition.name),
                "variable": definition.variable,
                "option": definition.option,
            }
            for definition in DEFINITIONS
        },
        "keys": settings.keys,
        "config_file": str(settings.config_file),
        "profile": settings.profile,
        "profiles": settings.profiles,
        "secret_file": str(settings.secret_file),
        "warnings": settings.warnings,
    }


def _row(settings: Settings, definition: Definition, *, reveal: bool) -> tuple[Cell, ...]:
    value = _value(settings, definition, reveal=reveal)
    shown = "–" if value is None else visible(str(value))
    if isinstance(value, bool):
        shown = "yes" if value else "no"
    if definition.name == "secret" and value is None:
        shown = "generated on first use"
    return (
        Cell(definition.name, Tone.STRONG),
        Cell(shown),
        Cell(visible(settings.source(definition.name)), Tone.MUTED),
        Cell(definition.variable, Tone.MUTED),
    )


def _value(settings: Settings, definition: Definition, *, reveal: bool) -> Any:
    value = getattr(settings, definition.name)
    if value is None or isinstance(value, bool | int):
        return value
    if not definition.hidden:
        return str(value)
    if isinstance(value, tuple):
        # Header names are no secret, and say which are sent.
        pairs = [f"{name}: {text if reveal else mask(text.encode())}" for name, text in value]
        return "; ".join(pairs) or None
    secret = value if isinstance(value, bytes) else str(value).encode("ascii")
    return secret.decode("utf-8", "backslashreplace") if reveal else mask(secret)
