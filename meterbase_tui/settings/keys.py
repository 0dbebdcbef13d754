"""The user's keys in the configuration file: `[keys]`, the id of what is done and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meterbase_tui.settings.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable


def read_keys(table: object, path: str, at: Callable[..., str]) -> dict[str, str]:
    """The keys of a configuration file; whoever knows the screen checks that there are such.

    Args:
        table: what stands under `keys`.
        path: the file, for errors.
        at: the place of what these keys lead to, for errors.

    Raises:
        SettingsError: it is no table of texts.
    """
    if not isinstance(table, dict):
        raise SettingsError(f"keys in {path} must be a table: [keys], and lines of keys below it.")
    found: dict[str, str] = {}
    for name, value in table.items():
        # Without quotes, TOML reads the dot of `delivery.replay` as a table in the table.
        pairs = value.items() if isinstance(value, dict) else (("", value),)
        for rest, text in pairs:
            full = f"{name}.{rest}" if rest else name
            if not isinstance(text, str) or not text.strip():
                place = at("keys", name, *filter(None, (rest,)), value=True)
                raise SettingsError(f'{full} under [keys] in {place} must be a text such as "f5".')
            found[full] = text
    return found
