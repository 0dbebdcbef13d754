"""Where the signing secret stands, and whether it stands there as it was meant."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dotenv.parser import parse_stream

from meterbase_tui.checking.files import exposed_files
from meterbase_tui.settings.definitions import BY_NAME
from meterbase_tui.settings.values import looks_quoted
from receiver.checks.facts import SecretFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from dotenv.parser import Binding

    from meterbase_tui.settings import Settings

_VARIABLE = BY_NAME["secret"].variable
_LINE = re.compile(rf"\s*(?:export\s+)?['\"]?{_VARIABLE}['\"]?[^\S\r\n]*=[^\S\r\n]*(?P<rest>.*)")
_HIDDEN = tuple(definition.variable for definition in BY_NAME.values() if definition.hidden)


@dataclass(frozen=True, slots=True)
class _Line:
    """The line of a `.env` that sets the secret."""

    value: bytes
    source: str
    times_set: int
    cut_off: bool
    escaped: bool


def read_secret(
    settings: Settings,
    env_file: Path | None,
    environ: Mapping[str, str],
    unusable: str | None,
) -> SecretFacts:
    """The facts about the secret in force.

    Args:
        settings: those in force.
        env_file: the `.env` that they were read from.
        environ: the environment.
        unusable: why the secret's file could not be read.
    """
    source = settings.source("secret")
    generated = settings.secret_file if settings.secret_generated else None
    line = _find_line(env_file)
    own_line = line if line is not None and str(env_file) in source else None
    return SecretFacts(
        source=source,
        length=None if settings.secret is None else len(settings.secret),
        generated=generated is not None,
        unusable=unusable,
        quoted=settings.secret is not None and looks_quoted(settings.secret),
        cut_off=own_line is not None and own_line.cut_off,
        escaped=own_line is not None and own_line.escaped,
        times_set=own_line.times_set if own_line else 1,
        passed_over=_passed_over(settings, line, environ),
        outdated_by=_outdated_by(settings, line, environ),
        changed_at=_changed_at(generated or (env_file if own_line else None)),
        rotating=settings.previous_secret is not None,
        previous_is_same=settings.secret is not None
        and settings.secret == settings.previous_secret,
        exposed=exposed_files(_holding(settings, env_file)),
    )


def _find_line(env_file: Path | None) -> _Line | None:
    text = _read(env_file)
    if text is None:
        return None
    bindings = [each for each in parse_stream(io.StringIO(text)) if each.key == _VARIABLE]
    if not bindings or bindings[-1].value is None:
        return None
    last = bindings[-1]
    leading = re.match(r"\s*", last.original.string)
    number = last.original.line + (leading[0].count("\n") if leading else 0)
    return _Line(
        (last.value or "").encode("utf-8"),
        f"{_VARIABLE} in {env_file}:{number}",
        len(bindings),
        *_read_raw(last),
    )


def _read(env_file: Path | None) -> str | None:
    if env_file is None:
        return None
    try:
        return env_file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None


def _read_raw(binding: Binding) -> tuple[bool, bool]:
    """Whether the line goes on after the value, and whether escapes in it were interpreted."""
    match = _LINE.match(binding.original.string)
    rest = match["rest"].strip() if match else ""
    if rest[:1] in {"'", '"'}:
        inner = rest[1:].rpartition(rest[0])[0]
        return False, "\\" in inner and inner != binding.value
    return rest != (binding.value or ""), False


def _passed_over(settings: Settings, line: _Line | None, environ: Mapping[str, str]) -> str | None:
    """A `.env` that the environment overrides with another secret."""
    if line is None or settings.secret is None or settings.source("secret") != _VARIABLE:
        return None
    differs = _VARIABLE in environ and line.value != settings.secret
    return line.source if differs else None


def _outdated_by(settings: Settings, line: _Line | None, environ: Mapping[str, str]) -> str | None:
    """A `.env` that says something else now than when it was read."""
    if line is None or settings.secret is None or _VARIABLE in environ:
        return None
    return line.source if line.value != settings.secret else None


def _changed_at(path: Path | None) -> datetime | None:
    if path is None:
        return None
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def _holding(settings: Settings, env_file: Path | None) -> list[Path]:
    """The files that hold a secret, a key or a token."""
    paths = [settings.secret_file]
    text = _read(env_file)
    if env_file is not None and text and any(name in text for name in _HIDDEN):
        paths.append(env_file)
    return paths
