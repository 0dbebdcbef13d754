"""The keys that work now, for the help and the palette; and the user's own keys, checked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import (
    KEY_ALIASES,
    KEY_DISPLAY_ALIASES,
    Keys,
    _character_to_key,
    format_key,
)
from textual.screen import ModalScreen, Screen

from meterbase_tui.screens import load_screens
from meterbase_tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_KEY_NAMES = frozenset(str(key.value) for key in Keys) | KEY_ALIASES.keys() | {"space"}
_TITLES = {
    "delivery": "Deliveries",
    "table": "Deliveries",
    "samples": "Deliveries",
    "scenarios": "Deliveries",
    "failures": "Deliveries",
    "forwards": "Deliveries",
    "filter": "Find",
    "panel": "Panels",
    "lines": "Move",
    "receiver": "Set-up",
    "records": "Set-up",
    "checks": "Set-up",
    "log": "Program",
    "app": "Program",
}


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One thing that can be done now."""

    group: str
    keys: str
    """As a person reads them: `j ↓`."""
    words: str
    action: str
    node: DOMNode
    """Where the action is."""


def list_keys(screen: Screen[object]) -> list[KeyLine]:
    """What the keys of a screen do now, by group; a group stands where its first key does."""
    lines: dict[tuple[str, str], KeyLine] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not active.enabled or not binding.id or not binding.description:
            continue
        shown = _show(screen.app, binding)
        at = (binding.id, binding.action)
        if at in lines:
            # A name that is for the footer alone is that of the first key.
            if shown in lines[at].keys.split():
                shown = _show(screen.app, replace(binding, key_display=None))
            shown = f"{lines[at].keys} {shown}"
        words = active.tooltip or binding.description
        lines[at] = KeyLine(_title(binding.id), shown, words, binding.action, active.node)
    order = list(dict.fromkeys((*_TITLES.values(), *(line.group for line in lines.values()))))
    return sorted(lines.values(), key=lambda line: order.index(line.group))


def _title(binding_id: str) -> str:
    prefix = binding_id.partition(".")[0]
    return _TITLES.get(prefix, prefix.replace("_", " ").title())


def _show(app: App[object], binding: Binding) -> str:
    shown = app.get_key_display(binding)
    return f"ctrl+{shown[1:]}" if len(shown) == 2 and shown[0] == "^" else shown  # noqa: PLR2004


def default_keys() -> dict[str, str]:
    """By the ids of everything that can be done, its keys as long as nobody changes them."""
    nodes = list(_own_nodes(DOMNode.__subclasses__()))
    return {str(binding.id): binding.key for node in nodes for binding in _bindings(node)}


def describe_key(key: str) -> str:
    """A key as a person reads it: `esc`, `enter`, `ctrl+r`, `/`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = "enter" if last == "enter" else format_key(last)
    return "+".join([*modifiers, name])


def check_keymap(keys: Mapping[str, str], sources: Mapping[str, str] | None = None) -> None:
    """Makes sure that the user's keys are keys, for things that can be done, and for one each.

    Args:
        keys: by the id of what they do, the keys, separated by commas.
        sources: where they stand, as settings say it.

    Raises:
        SettingsError: an id or a key that there is none of, or a key for two things; it is named.
    """
    if not keys:
        return
    known = set(binding_ids())
    for name, text in keys.items():
        source = (sources or {}).get(f"keys.{name}")
        place = f"[keys] in {source}" if source else "[keys]"
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            advice = (
                f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}."
            )
            raise SettingsError(f"{name} under {place} is nothing that a key can do. {advice}")
        for key in map(str.strip, text.split(",")):
            if not _is_key(key):
                raise SettingsError(
                    f"{key!r} for {name} under {place} is not a key. Write a character or a name "
                    "such as f5, ctrl+r, space or pagedown; several are separated by commas."
                )
    for scope in _scopes():
        _check_scope(scope, keys)


def _check_scope(scope: Iterable[Binding], keys: Mapping[str, str]) -> None:
    # Textual would let the last one win, and say nothing.
    taken: dict[str, str] = {}
    for binding in sorted(scope, key=lambda binding: binding.id not in keys):
        name = str(binding.id)
        for key in _split(keys.get(name, binding.key)):
            other = taken.setdefault(key, name)
            if other != name and other in keys:
                raise SettingsError(
                    f"The key {key} is for {other} and for {name}: give one of them another under "
                    "[keys]."
                )


def _split(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",")]
    return [_character_to_key(key) if len(key) == 1 else key for key in keys]


def _scopes() -> Iterator[list[Binding]]:
    """Bindings that work at the same time: of a screen, the program and the lines of a table."""
    load_screens()
    nodes = list(_own_nodes(DOMNode.__subclasses__()))
    everywhere = [
        binding
        for node in nodes
        for binding in _bindings(node)
        if issubclass(node, App) or str(binding.id).startswith(("lines.", "table."))
    ]
    for node in nodes:
        inherited = [binding for base in node.__mro__ for binding in _bindings(base)]
        alone = issubclass(node, ModalScreen) or not issubclass(node, Screen)
        yield inherited if alone else inherited + everywhere


def _bindings(node: type) -> Iterator[Binding]:
    for bound in node.__dict__.get("BINDINGS", ()):
        if isinstance(bound, Binding) and bound.id:
            yield bound


def binding_ids() -> Iterator[str]:
    """The ids of everything that a key of ours can do, on any screen."""
    for _, bindings in own_bindings():
        yield from (str(binding.id) for binding in bindings)


def own_bindings() -> Iterator[tuple[type[DOMNode], list[Binding]]]:
    """Every screen and widget of ours that has keys, with what they do."""
    load_screens()
    for node in dict.fromkeys(_own_nodes(DOMNode.__subclasses__())):
        if bindings := list(_bindings(node)):
            yield node, bindings


def _own_nodes(classes: Iterable[type[DOMNode]]) -> Iterator[type[DOMNode]]:
    for node in classes:
        if node.__module__.startswith("meterbase_tui."):
            yield node
        yield from _own_nodes(node.__subclasses__())


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not _MODIFIERS.issuperset(modifiers):
        return False
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return last in _KEY_NAMES or last in _SYMBOLS


_SYMBOLS = frozenset(_character_to_key(chr(number)) for number in range(33, 127)) | frozenset(
    KEY_DISPLAY_ALIASES
)
