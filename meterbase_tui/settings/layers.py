"""The places that settings are read from. Each gives raw texts, and where exactly they stood."""

from __future__ import annotations

import difflib
import io
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from dotenv.parser import parse_stream

from meterbase_tui.settings.definitions import BY_NAME, BY_VARIABLE, DEFINITIONS
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.exposure import exposure
from meterbase_tui.settings.keys import read_keys
from meterbase_tui.settings.targets import read_targets

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from dotenv.parser import Binding

    from receiver.forwarding.target import ForwardTarget


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it stood somewhere, not looked at yet."""

    text: str = field(repr=False)
    source: str
    """Where it stood, as the subject of a sentence: `METERBASE_PORT in /srv/.env:3`."""
    base: Path
    """What a relative path in it is relative to."""


_PREFIXES = ("PROPEXO_", "METERBASE_", "NGROK_")
Values: TypeAlias = dict[str, Given]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says, by the setting's name."""

    values: Values = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    targets: tuple[ForwardTarget, ...] = ()
    """Only the configuration file has them."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys of the screen, by the id of what they do; whoever knows the screen checks them."""


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
        for definition in DEFINITIONS
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
    if not required and not path.is_file():
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


def read_config_file(path: Path, *, required: bool) -> Layer:
    """The user's configuration, TOML. Relative paths in it are relative to its folder.

    Raises:
        SettingsError: it cannot be read, is no TOML, or has a key or a type that is unknown.
    """
    if not required and not path.is_file():
        return Layer()
    text = _read(path)
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from None
    keys = read_keys(tree.pop("keys", {}), str(path))
    found: Values = {}
    targets = read_targets(tree.pop("forward", []), str(path))
    for key, value in tree.items():
        place = f"{path}:{_line_of_key(text, key)}"
        if key not in BY_NAME:
            raise SettingsError(_unknown(key, place))
        if not isinstance(value, str | int):
            raise SettingsError(f"{key} in {place} must be a text, a whole number or a boolean.")
        found[key] = Given(_written(value), f"{key} in {place}", path.absolute().parent)
    hidden = bool(any(target.headers for target in targets))
    return Layer(found, _exposed(path, found, also=hidden), targets, keys)


def _written(value: object) -> str:
    """A value that has a type, as the text that is parsed for every place alike."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(path: Path) -> str:
    try:
        # A byte order mark would become part of the first name.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{path} cannot be read: {reason}.") from None


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


def _line_of_key(text: str, key: str) -> int:
    pattern = rf"^[ \t]*(\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[].=]"
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


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


def _unknown(key: str, place: str) -> str:
    near = difflib.get_close_matches(key.replace("-", "_"), BY_NAME, n=1)
    advice = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(BY_NAME)}."
    return f"{key} in {place} is not a setting. {advice}"


def _exposed(path: Path, found: Values, *, also: bool = False) -> tuple[str, ...]:
    return exposure(path) if also or any(BY_NAME[name].hidden for name in found) else ()
