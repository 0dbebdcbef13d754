"""`config`: the settings in force, and where each of them came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli.options import EVERYTHING, json_option, setting_options
from meterbase_tui.cli.tables import Column, print_table
from meterbase_tui.masking import mask
from meterbase_tui.settings import ensure_secret, find_folders
from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.text import visible
from meterbase_tui.widgets.rows import Cell, Tone

if TYPE_CHECKING:
    from meterbase_tui.cli.session import Session
    from meterbase_tui.settings import Settings
    from meterbase_tui.settings.definitions import Definition


_COLUMNS = (
    Column("Setting", 10, 17),
    Column("Value", 9, 24),
    Column("Source", 8, 12),
    Column("Variable", 7, 31),
)


@click.command()
@click.option("--reveal", is_flag=True, help="Show secrets, keys and tokens too.")
@setting_options(EVERYTHING)
@json_option
@click.pass_obj
def config(session: Session, /, *, reveal: bool, as_json: bool) -> None:
    """Show the settings in force and their sources.

    It generates no secret; see `meterbase-tui secret`.
    """
    settings = session.load()
    if settings.secret_file.exists():
        settings = ensure_secret(settings)
    file = session.options.get("config") or find_folders().config_file
    session.warn(settings)
    if as_json:
        session.console.json_document(
            {
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
                "config_file": str(file),
                "secret_file": str(settings.secret_file),
                "warnings": settings.warnings,
            }
        )
        return
    rows = [_row(settings, definition, reveal=reveal) for definition in DEFINITIONS]
    print_table(session.console, _COLUMNS, rows)
    session.console.say(f"The configuration file is {file}; its keys are the names above.")


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
