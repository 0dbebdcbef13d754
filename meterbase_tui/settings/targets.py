"""Forward targets of the configuration file: `[[forward]]`, each with filters and headers."""

from __future__ import annotations

from typing import Any

from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.values import parse_header, parse_http_url
from receiver.forwarding.target import ForwardTarget

_FILTERS = ("events", "resource_types", "connections")
_KEYS = ("url", *_FILTERS, "headers")


def read_targets(value: Any, path: str) -> tuple[ForwardTarget, ...]:
    """The targets of a configuration file.

    Args:
        value: what stands under `forward`.
        path: the file, for errors.

    Raises:
        SettingsError: a key is unknown, or a value is not allowed; it says in which target.
    """
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise SettingsError(f"forward in {path} must be tables: write [[forward]] above each.")
    targets = tuple(
        _read(table, f"[[forward]] number {number} in {path}")
        for number, table in enumerate(value, start=1)
    )
    urls = [target.url for target in targets]
    for url in urls:
        if urls.count(url) > 1:
            raise SettingsError(f"{url} stands in two tables [[forward]] of {path}.")
    return targets


def _read(table: dict[str, Any], place: str) -> ForwardTarget:
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"{key} in {place} is not known. Known are {', '.join(_KEYS)}.")
    url = table.get("url")
    if not isinstance(url, str):
        raise SettingsError(f"{place} needs a url.")
    try:
        return ForwardTarget(
            url=parse_http_url(url),
            headers=_headers(table.get("headers", {}), place),
            **{name: _texts(table.get(name, []), name, place) for name in _FILTERS},
        )
    except ValueError as error:
        raise SettingsError(f"{place} {error}.") from None


def _texts(value: Any, name: str, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise SettingsError(f"{name} in {place} must be a list of texts.")
    return tuple(value)


def _headers(value: Any, place: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise SettingsError(f"headers in {place} must be a table of texts.")
    return tuple(parse_header(f"{name}: {text}") for name, text in value.items())
