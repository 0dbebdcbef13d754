"""Forward targets of the configuration file: `[[forward]]`, each with filters and headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from meterbase_tui.settings.addresses import parse_http_url
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.given import suggest
from meterbase_tui.settings.values import parse_header
from receiver.forwarding.target import ForwardTarget

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

_FILTERS = ("events", "resource_types", "connections")
_KEYS = ("url", *_FILTERS, "headers")


def read_targets(value: Any, name: str, at: Callable[..., str]) -> tuple[ForwardTarget, ...]:
    """The targets of a configuration file.

    Args:
        value: what stands under `forward`.
        name: the name of the tables, for errors.
        at: the place of what these keys lead to, for errors.

    Raises:
        SettingsError: a key is unknown, or a value is not allowed; it says in which target.
    """
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise SettingsError(f"{name} in {at()} must be tables: write [[{name}]] above each.")
    targets = tuple(_Table(table, name, index, at).read() for index, table in enumerate(value))
    urls = [target.url for target in targets]
    for index, url in enumerate(urls):
        if url in urls[:index]:
            place = at(index, "url", value=True)
            raise SettingsError(f"{url} in {place} stands in two tables [[{name}]].")
    return targets


@dataclass(frozen=True, slots=True)
class _Table:
    """One target as it stands in the file."""

    table: dict[str, Any]
    name: str
    index: int
    at: Callable[..., str]

    def read(self) -> ForwardTarget:
        for key in self.table:
            if key not in _KEYS:
                advice = suggest(key, _KEYS) or f" Known are {', '.join(_KEYS)}."
                raise SettingsError(
                    f"{key} in {self._place(key, value=False)} is not known.{advice}"
                )
        url = self.table.get("url")
        if not isinstance(url, str):
            raise SettingsError(f"{self._place()} needs a url.")
        return ForwardTarget(
            url=self._parse("url", lambda: parse_http_url(url)),
            headers=self._parse("headers", self._headers),
            **{name: self._texts(name) for name in _FILTERS},
        )

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise SettingsError(f"{key} in {self._place(key)} must be a list of texts.")
        return tuple(value)

    def _headers(self) -> tuple[tuple[str, str], ...]:
        value = self.table.get("headers", {})
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise SettingsError(f"headers in {self._place('headers')} must be a table of texts.")
        return tuple(parse_header(f"{name}: {text}") for name, text in value.items())

    def _parse(self, key: str, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except SettingsError:
            raise
        except ValueError as error:
            raise SettingsError(f"{key} in {self._place(key)} {error}.") from None

    def _place(self, *keys: str, value: bool = True) -> str:
        place = self.at(self.index, *keys, value=value and bool(keys))
        return f"[[{self.name}]] number {self.index + 1} in {place}"
