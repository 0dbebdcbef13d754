"""A configuration file to begin with: every setting, in comments, as the definitions have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.settings.record import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meterbase_tui.settings.definition import Definition

_SECTIONS = {
    "secret": "The signing secret of the webhook, as Propexo's dashboard shows it",
    "api_url": "Propexo's API",
    "rubs_method": "The bill",
    "host": "The receiver and its store",
    "forward_to": "Your application",
    "tunnel": "The public address",
    "theme": "The screen",
}
"""The titles of sections, by the setting that each begins with."""

_HEAD = """\
# The configuration of meterbase-tui. Every setting is here; remove the # before one to set it.
# Stronger than this file are .env in the working directory, the environment, and the command line.
# `meterbase-tui config` shows what is in force, `meterbase-tui config --check` what is wrong here.
"""
_TAIL = """\

# --- More of your applications, each with filters and headers of its own ---

# [[forward]]
# url = "http://localhost:4000/hooks"
# events = ["data.new", "data.update"]
# resource_types = ["unit", "lease"]
# connections = ["conn_abc123"]
# headers = { X-Environment = "development" }

# --- Your own keys: the id of what is done, as the help shows it (?), and its keys ---

# [keys]
# delivery.replay = "R"

# --- Profiles: one for each Propexo environment, chosen by --profile or METERBASE_TUI_PROFILE ---
# A profile may have every setting from above and forward targets of its own; what it does not say,
# the top of this file does, but for db: each profile has a store of its own.

# [profile.staging]
# port = 8788
# secret = "the-secret-of-staging"
"""


def default_of(definition: Definition) -> bool | int | str | None:
    """What a setting is when nobody sets it; None where there is none that a file could say."""
    # A class with slots has its defaults in the description of its fields only.
    value = Settings.__dataclass_fields__[definition.name].default
    return value if isinstance(value, bool | int | str) else None


def to_toml(value: bool | int | str) -> str:  # noqa: FBT001
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_template() -> str:
    """The file."""
    return "\n".join((_HEAD, *_settings())) + _TAIL


def _settings() -> Iterator[str]:
    for definition in DEFINITIONS:
        if title := _SECTIONS.get(definition.name):
            yield f"# --- {title} ---\n"
        default = default_of(definition)
        value = definition.example if default is None else default
        lines = [f"# {definition.help}", *_allowed(definition)]
        yield "\n".join(
            (*lines, f"# {definition.name} = {to_toml('' if value is None else value)}\n")
        )


def _allowed(definition: Definition) -> Iterator[str]:
    if definition.choices:
        yield f"# One of {', '.join(definition.choices)}."
    if definition.bounds:
        yield "# From {} to {}.".format(*definition.bounds)
    if definition.hidden:
        yield f"# Safer in {definition.variable}; if it stands here, keep this file to yourself."
