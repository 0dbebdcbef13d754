"""The configuration file: what it says, and everything that is wrong with it, to the column."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from meterbase_tui.settings.definitions import DEFINITIONS
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.given import Given, Values, parse_given, suggest
from meterbase_tui.settings.keys import read_keys
from meterbase_tui.settings.targets import read_targets
from meterbase_tui.settings.toml_places import Places
from meterbase_tui.settings.values import parse_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from receiver.forwarding.target import ForwardTarget

PROFILES, FORWARD, KEYS = "profile", "forward", "keys"
"""The keys of the tables."""
_SETTABLE = {definition.name: definition for definition in DEFINITIONS}
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Part:
    """The top of the file, or one profile."""

    values: Values = field(default_factory=dict)
    targets: tuple[ForwardTarget, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a configuration file says."""

    top: Part = field(default_factory=Part)
    profiles: Mapping[str, Part] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    """The keys of the screen, by the id of what they do; whoever knows the screen checks them."""
    key_places: Mapping[str, str] = field(default_factory=dict)
    """Where each of these stands."""
    faults: tuple[SettingsError, ...] = ()
    """All that is wrong, in the order of the file; each sentence begins with the place."""


def read_config(text: str, path: Path) -> ConfigFile:
    """Reads a configuration, and goes on behind what is wrong.

    Args:
        text: the whole file.
        path: its name for sentences; relative paths in it are relative to its folder.
    """
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return ConfigFile(faults=(_not_toml(text, str(error), path),))
    return _Reader(tree, Places(text), path).read()


def _not_toml(text: str, words: str, path: Path) -> SettingsError:
    found = _AT.search(words)
    if found is None:
        return SettingsError(f"{path} is not TOML: {words}.")
    line, column = found.groups()
    if line is None:
        rows = text.splitlines() or [""]
        line, column = len(rows), len(rows[-1]) + 1
    return SettingsError(f"{path}:{line}:{column} is not TOML: {words[: found.start()]}.")


class _Reader:
    """Reads the tables of one file and collects what is wrong with them."""

    def __init__(self, tree: dict[str, Any], places: Places, path: Path) -> None:
        self._tree = tree
        self._places = places
        self._path = path
        self._faults: list[SettingsError] = []

    def read(self) -> ConfigFile:
        """All of it."""
        tree = dict(self._tree)
        profiles = self._try(lambda: dict(self._profiles(tree.pop(PROFILES, {})))) or {}
        keys = self._try(lambda: read_keys(tree.pop(KEYS, {}), str(self._path), self._at)) or {}
        top = self._part(tree, ())
        return ConfigFile(
            top,
            profiles,
            keys,
            {name: self._place_of_key(name) for name in keys},
            tuple(sorted(self._faults, key=_position)),
        )

    def _profiles(self, tables: object) -> Iterator[tuple[str, Part]]:
        if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
            raise SettingsError(
                f"profile in {self._at(PROFILES)} must be tables: write [profile.NAME] above each."
            )
        for name, table in tables.items():
            self._try(partial(self._check_name, name))
            yield name, self._part(dict(table), (PROFILES, name))

    def _check_name(self, name: str) -> None:
        try:
            parse_profile(name)
        except ValueError as error:
            place = self._at(PROFILES, name)
            raise SettingsError(f"The name of a profile in {place} {error}.") from None

    def _part(self, table: dict[str, Any], prefix: tuple[str, ...]) -> Part:
        """The settings and forward targets of the top or of a profile."""
        tables = table.pop(FORWARD, [])
        targets = self._try(
            lambda: read_targets(
                tables,
                ".".join((*prefix, FORWARD)),
                lambda *rest, value=False: self._at(*prefix, FORWARD, *rest, value=value),
            )
        )
        found: Values = {}
        for key, value in table.items():
            given = self._try(partial(self._read, prefix, key, value))
            if given is not None:
                found[key] = given
        return Part(found, targets or ())

    def _read(self, prefix: tuple[str, ...], key: str, value: object) -> Given:
        """One setting, which is checked whether or not it comes to count."""
        name = ".".join((*prefix, key))
        if key not in _SETTABLE:
            raise SettingsError(f"{name} in {self._at(*prefix, key)} {_unknown(key)}")
        place = f"{name} in {self._at(*prefix, key, value=True)}"
        if not isinstance(value, str | int):
            raise SettingsError(f"{place} must be a text, a whole number or a boolean.")
        line = self._places.of_key(*prefix, key).line
        text = str(value).lower() if isinstance(value, bool) else str(value)
        source = f"{name} in {self._path}:{line}"
        given = Given(text, source, self._path.absolute().parent, place)
        parse_given(_SETTABLE[key], given)
        return given

    def _place_of_key(self, name: str) -> str:
        """Where a key of the screen stands, with quotes around its name or without."""
        quoted = self._at(KEYS, name)
        return quoted if quoted != self._at(KEYS) else self._at(KEYS, *name.split("."))

    def _at(self, *keys: str | int, value: bool = False) -> str:
        find = self._places.of_value if value else self._places.of_key
        return f"{self._path}:{find(*keys)}"

    def _try(self, read: Callable[[], Any]) -> Any:
        """What was read; None, and one fault more, where that failed."""
        try:
            return read()
        except SettingsError as error:
            self._faults.append(error)
            return None


def _unknown(key: str) -> str:
    known = (*_SETTABLE, FORWARD, KEYS, PROFILES)
    advice = suggest(key.replace("-", "_"), known) or f" Known are {', '.join(known)}."
    return f"is not a setting.{advice}"


def _position(fault: SettingsError) -> tuple[int, int]:
    found = re.search(r":(\d+):(\d+) ", str(fault))
    return (int(found[1]), int(found[2])) if found else (0, 0)
