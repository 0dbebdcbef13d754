"""The page and the JSON Schema of the configuration file, from the definitions of its settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.settings.json_schema import build_schema
from meterbase_tui.settings.template import default_of, to_toml, write_template

if TYPE_CHECKING:
    from meterbase_tui.settings.definition import Definition

_HEAD = """# The configuration file

No configuration is needed. Where a file is easier to keep than an environment, this writes one with
every setting in it, each in a comment, readable by you alone; it never writes over a file:

```sh
meterbase-tui config --init
meterbase-tui config --check
```

It is TOML, `config.toml` in the platform's folder for configuration (`~/.config/meterbase-tui` on
Linux, `~/Library/Application Support/meterbase-tui` on macOS), or where `--config FILE` says.
`meterbase-tui config` shows its path, what is in force, and where each value comes from; whatever
also stands in `.env`, in the environment or on the command line is taken from there.

`--check` says everything that is wrong in one go, as compilers do, and ends with exit code 3:

```text
prot in /home/you/.config/meterbase-tui/config.toml:1:1 is not a setting. Did you mean port?
tunnel in /home/you/.config/meterbase-tui/config.toml:2:10 must be one of auto, ngrok, command, url,
none, not 'ngork'. Did you mean ngrok?
```

Every other command stops at the first of these, with exit code 2: nothing is guessed.

This page is made from `meterbase_tui/settings/` by `docs/make_reference.py`.

## Profiles

A profile is one Propexo environment. What stands under `[profile.NAME]` comes before what stands at
the top of the file; a profile may have every setting and its own `[[profile.NAME.forward]]`.

```toml
port = 8787

[profile.staging]
port = 8788
api_url = "https://api.staging.propexo.example/v1"

[profile.production]
theme = "contrast"
```

`--profile staging` chooses it, or `METERBASE_TUI_PROFILE` in the environment or in a project's
`.env`. Each profile has a store of its own, and so a generated secret of its own, unless it names a
store with `db`; a `db` at the top of the file counts without a profile only, so that the events of
two environments never mix. The profile in force stands on the first line of the screen. A variable
that is stronger than what the profile says is a warning, since one left in the shell is the usual
way to work on the wrong environment.

## Keys

| Key | Kind | Default | What it is |
| --- | --- | --- | --- |
"""
_TAIL = """
Paths may begin with `~`; others are relative to the folder of the file. `[[forward]]` is explained
in [Forwarding](forwarding.md), `[keys]` in [The screen](screen.md). Secrets, keys and tokens are
safer in the environment; if they stand in the file, a file that others can read is a warning.

## In an editor

[config.schema.json](config.schema.json) is the JSON Schema of the file, also printed by
`meterbase-tui config --schema`. Editors with a TOML language server (taplo) complete and
check by it when this is the first line of the file:

```toml
#:schema /path/to/config.schema.json
```

## The file that `config --init` writes

```toml
"""


def page() -> str:
    """The page `configuration.md`."""
    rows = "".join(map(_row, DEFINITIONS))
    return f"{_HEAD}{rows}{_TAIL}{write_template()}```\n"


def _row(definition: Definition) -> str:
    default = default_of(definition)
    kind = {bool: "boolean", int: "number"}.get(type(default), "text")
    if definition.choices:
        kind = ", ".join(f"`{word}`" for word in definition.choices)
    if definition.bounds:
        kind += " from {} to {}".format(*definition.bounds)
    shown = "–" if default is None else f"`{to_toml(default)}`"
    return f"| `{definition.name}` | {kind} | {shown} | {definition.help} |\n"


def schema() -> str:
    """The file `config.schema.json`."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"
