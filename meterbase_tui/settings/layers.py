"""The places that settings are read from. Each gives raw texts, and where exactly they stood."""

from __future__ import annotations

import difflib
import io
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

from meterbase_tui.settings.config_file import ConfigFile, read_config
from meterbase_tui.settings.definitions import BY_NAME, BY_VARIABLE
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.exposure import exposure
from meterbase_tui.settings.given import Given

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from dotenv.parser import Binding

    from meterbase_tui.settings.given import Values

_PREFIXES = ("PROPEXO_", "METERBASE_", "NGROK_")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says, by the setting's name."""

    values: Values = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_options(options: Mapping[str, object], cwd: Path) -> Layer:
    """The command line: values by the setting's name; None was not given."""
    return Layer(
        {
            name: Given(_written(value), BY_NAME[name].option or name, cwd)
            for name, value in options.items()
            if value is not None
        }
    )


def read_environment(environ: Mapping[str, str], cwd: Path) -> Layer:
    """The environment. A name that is almost one of ours is a warning."""
    found = {
        definition.name: Given(environ[definition.variable], definition.variable, cwd)
        for definition in BY_VARIABLE.values()
        if definition.variable in environ
    }
    doubts = (_misspelt(name, "the environment", environ) for name in sorted(environ))
    return Layer(found, tuple(filter(None, doubts)))


def read_env_file(path: Path, cwd: Path, *, required: bool) -> Layer:
    """A `.env` file. Names that are none of ours belong to another program and are passed over.

    Nothing in it is interpolated: a secret may hold a dollar sign.

    Raises:
        SettingsError: it cannot be read, or one of our lines is malformed.
    """
    if not required and not _is_file(path):
        return Layer()
    found: Values = {}
    warnings: list[str] = []
    keys: list[tuple[str, str]] = []
    for binding in parse_stream(io.StringIO(_read(path))):
        place = f"{path}:{_line_of(binding)}"
        if binding.error:
            warnings.append(_malformed(binding, place))
        definition = BY_VARIABLE.get(binding.key or "")
        if definition is None:
            keys.append((binding.key or "", place))
            continue
        source = f"{definition.variable} in {place}"
        if binding.value is None:
            raise SettingsError(f"{source} has no value: write {definition.variable}=….")
        found[definition.name] = Given(binding.value, source, cwd)
    ours = {BY_NAME[name].variable for name in found}
    doubts = (_misspelt(key, place, ours) for key, place in keys)
    return Layer(found, (*warnings, *filter(None, doubts), *_exposed(path, found)))


def read_config_file(path: Path, *, required: bool) -> ConfigFile:
    """The user's configuration, TOML, with all that is wrong in it.

    Raises:
        SettingsError: it cannot be read.
    """
    if not required and not _is_file(path):
        return ConfigFile()
    return read_config(_read(path), path)


def exposures(path: Path, config: ConfigFile) -> tuple[str, ...]:
    """A warning for a configuration file with secrets that others can read."""
    for part in (config.top, *config.profiles.values()):
        if any(target.headers for target in part.targets):
            return exposure(path)
        if warnings := _exposed(path, part.values):
            return warnings
    return ()


def _written(value: object) -> str:
    """A value that has a type, as the text that is parsed for every place alike."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_file(path: Path) -> bool:
    """Whether there is a file; one that this user may not look for is no missing one."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise _unreadable(path, error) from None


def _read(path: Path) -> str:
    try:
        # A byte order mark would become part of the first name.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | ValueError) -> SettingsError:
    if isinstance(error, PermissionError):
        return SettingsError(
            f"{path} cannot be read: {error.strerror}. Check the permissions of it and of its "
            "folders, or name another with --env-file or --config."
        )
    return SettingsError(
        f"{path} cannot be read: {error.strerror if isinstance(error, OSError) else error}."
    )


def _line_of(binding: Binding) -> int:
    """The line of a name: python-dotenv counts the blank lines before it as part of it."""
    leading = re.match(r"\s*", binding.original.string)
    return binding.original.line + (leading[0].count("\n") if leading else 0)


def _malformed(binding: Binding, place: str) -> str:
    """A warning, or an error when the line is one of ours. The line itself may hold a secret."""
    for variable in BY_VARIABLE:
        if variable in binding.original.string:
            raise SettingsError(f"{variable} in {place} is malformed: is a quote left open?")
    return f"{place} is malformed and was passed over."


def _misspelt(name: str, place: str, said: Collection[str]) -> str | None:
    """A warning for a name that is almost one of ours, and is none of another program's.

    Args:
        name: of a variable.
        place: where it stands.
        said: names that stand there too: who has both means both.
    """
    if name in BY_VARIABLE or not name.startswith(_PREFIXES):
        return None
    near = difflib.get_close_matches(name, BY_VARIABLE, n=1, cutoff=0.85)
    if not near or near[0] in said:
        return None
    return f"{name} in {place} is not a setting and is ignored. Did you mean {near[0]}?"


def _exposed(path: Path, found: Values) -> tuple[str, ...]:
    return exposure(path) if any(BY_NAME[name].hidden for name in found) else ()
