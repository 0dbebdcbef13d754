"""The signing secrets in force, which may give way to others while the receiver runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from receiver.judging.signing import Secrets


class Keyring:
    """Holds the secrets; may be read and changed from any thread."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    @property
    def secrets(self) -> Secrets:
        """Those in force now."""
        return self._secrets

    def adopt(self, secrets: Secrets) -> None:
        """Puts others in force: they count for the next request that is judged."""
        self._secrets = secrets
