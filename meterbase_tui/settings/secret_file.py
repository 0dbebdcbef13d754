"""The signing secret that is generated when none is configured, in a private file by the store."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from meterbase_tui.private_files import may_exist
from meterbase_tui.settings.errors import SettingsError
from meterbase_tui.settings.exposure import exposure
from meterbase_tui.settings.folders import ensure_store_folder
from meterbase_tui.settings.record import GENERATED

if TYPE_CHECKING:
    from pathlib import Path

    from meterbase_tui.settings.record import Settings

_RANDOM_BYTES = 32
_MOST_BYTES = 4_096


def with_known_secret(settings: Settings) -> tuple[Settings, str | None]:
    """The settings with the generated secret, if there is one already; none is generated here.

    Returns:
        The settings, and why the secret cannot be used, as a sentence.
    """
    if settings.secret is not None or not may_exist(settings.secret_file):
        return settings, None
    try:
        return ensure_secret(settings), None
    except SettingsError as error:
        return settings, str(error)


def ensure_secret(settings: Settings) -> Settings:
    """The settings with a signing secret: the configured one, else that of the secret's file.

    The file is created on first use, readable by its owner only.

    Raises:
        SettingsError: the file is empty or cannot be read or created.
    """
    if settings.secret is not None:
        return settings
    path = settings.secret_file
    try:
        ensure_store_folder(settings)
        if not path.exists():
            _generate(path)
        secret = _read(path)
        warnings = exposure(path)
    except OSError as error:
        raise SettingsError(
            f"The file {path} for the signing secret cannot be used ({error.strerror}). "
            "Set PROPEXO_WEBHOOK_SECRET, or choose another store with --db."
        ) from error
    return replace(
        settings,
        secret=secret,
        sources={**settings.sources, "secret": f"{GENERATED}, kept in {path}"},
        warnings=(*settings.warnings, *warnings),
    )


def _generate(path: Path) -> None:
    """Writes a new secret. Of two processes that do so at once, both go on with the same one."""
    # mkstemp makes a file of mode 0600, and the link appears with its content or not at all.
    descriptor, new = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_RANDOM_BYTES).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(new, path)
    finally:
        os.unlink(new)  # noqa: PTH108 - mkstemp gives a text


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES)
    # Editors end a file with a line end; anything else is part of the secret.
    secret = content.removesuffix(b"\n").removesuffix(b"\r")
    if not secret.strip():
        raise SettingsError(
            f"{path} is empty: anyone could sign. Delete it to have a new secret generated, or set "
            "PROPEXO_WEBHOOK_SECRET."
        )
    return secret
