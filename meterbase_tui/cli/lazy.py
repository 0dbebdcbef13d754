"""A group of commands whose modules are imported when a command is asked for."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from meterbase_tui.cli.examples import add_examples

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is, and what it does in a few words."""

    module: str
    attribute: str
    short_help: str


class LazyGroup(click.Group):
    """Lists its commands by section without importing them, and says what a typo may have meant."""

    def __init__(
        self, *arguments: Any, sections: Mapping[str, Mapping[str, Place]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.sections = sections
        """The commands by the heading they stand under."""
        self._places = {name: place for part in sections.values() for name, place in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the sections."""
        del ctx
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(import_module(place.module), place.attribute)
        # The first word of the path is the program's name.
        words = ctx.command_path.split(" ")[1:]
        add_examples(command, " ".join((*words, cmd_name)))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name.

        Raises:
            click.UsageError: there is none of that name; it says which may have been meant.
        """
        name = args[0]
        if name not in self._places and not name.startswith("-"):
            near = difflib.get_close_matches(name, self._places, n=2)
            advice = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{advice}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the sections with their commands."""
        del ctx
        for title, places in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, place.short_help) for name, place in places.items()])
