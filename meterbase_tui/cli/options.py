"""Options that several commands share. Those that are settings are made of their definitions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from meterbase_tui.cli import completing
from meterbase_tui.cli.session import Session
from meterbase_tui.cli.times import parse_since
from meterbase_tui.settings.definitions import BY_NAME, DEFINITIONS, PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from meterbase_tui.settings.definition import Definition

_F = TypeVar("_F", bound="Callable[..., Any]")

MOST = (1 << 63) - 1
"""The largest number that the store can be asked for."""
STORE = ("db",)
SAMPLES = ("samples",)
TARGET = ("host", "port", "db", "samples")
EVERYTHING = tuple(definition.name for definition in DEFINITIONS if definition.option)
_SWITCHES = {
    "sample_connection": "--sample-connection/--no-sample-connection",
    "forward_any_host": "--forward-any-host",
    "wait_for_forward": "--wait-for-forward",
}
_REPEATED = frozenset({"forward_headers"})


def setting_options(names: tuple[str, ...]) -> Callable[[_F], _F]:
    """Adds the options of these settings, and those that name the files of settings.

    Their values go into the session; a command's body does not see them.
    """

    def decorate(command: _F) -> _F:
        files = (
            ("config", "FILE", "Read this configuration file instead of the user's."),
            ("env_file", "FILE", "Read this file instead of .env in the working directory."),
        )
        for name, metavar, text in reversed(files):
            option = f"--{name.replace('_', '-')}"
            command = _add(
                command, option, name, metavar=metavar, help=text, shell_complete=completing.paths
            )
        command = _of_definition(command, PROFILE)
        if "tunnel" in names:
            command = _no_tunnel(command)
        for name in reversed(names):
            command = _of_definition(command, BY_NAME[name])
        return command

    return decorate


def json_option(command: _F) -> _F:
    """Adds `--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output."
    )(command)


def pager_option(command: _F) -> _F:
    """Adds `--no-pager`."""

    def remember(context: click.Context, _option: click.Parameter, value: object) -> None:
        if value:
            context.ensure_object(Session).console.paging = False

    return click.option(
        "--no-pager",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="Print long output straight, also on a terminal.",
    )(command)


def limit_option(command: _F) -> _F:
    """Adds `--limit`."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0, max=MOST),
        default=50,
        show_default=True,
        metavar="N",
        help="Show so many at most; 0 shows all.",
    )(command)


def since_option(command: _F) -> _F:
    """Adds `--since`, whose value is an instant."""
    return click.option(
        "--since",
        metavar="WHEN",
        callback=read_instant,
        help="Only what is newer: a time such as 2026-03-25T14:30:00Z, or 30m, 2h, 7d ago.",
    )(command)


def read_instant(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """The callback of an option whose value is an instant, or a span of time before now."""
    if text is None:
        return None
    try:
        return parse_since(text, datetime.now(UTC))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _of_definition(command: _F, definition: Definition) -> _F:
    flag = _SWITCHES.get(definition.name)
    if definition.name in _REPEATED:
        return click.option(
            definition.option or "",
            definition.name,
            metavar=definition.placeholder,
            multiple=True,
            expose_value=False,
            callback=_remember_lines,
            help=definition.help,
        )(command)
    if flag is None:
        return _add(
            command,
            definition.option or "",
            definition.name,
            metavar=definition.placeholder,
            help=definition.help,
            shell_complete=completing.setting(definition),
        )
    return click.option(
        flag,
        definition.name,
        is_flag=True,
        default=None,
        expose_value=False,
        callback=_remember,
        help=definition.help,
    )(command)


def _add(command: _F, option: str, name: str, **attributes: Any) -> _F:
    """Adds an option whose value goes into the session."""
    return click.option(option, name, expose_value=False, callback=_remember, **attributes)(command)


def _no_tunnel(command: _F) -> _F:
    def remember(context: click.Context, _option: click.Parameter, value: object) -> None:
        if value:
            context.ensure_object(Session).options["tunnel"] = "none"

    return click.option(
        "--no-tunnel",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="The same as --tunnel none.",
    )(command)


def _remember(context: click.Context, option: click.Parameter, value: object) -> None:
    if value is not None and option.name is not None:
        context.ensure_object(Session).options[option.name] = value


def _remember_lines(context: click.Context, option: click.Parameter, value: Any) -> None:
    """An option that may be repeated is a text of several lines everywhere else."""
    _remember(context, option, "\n".join(value) if value else None)
