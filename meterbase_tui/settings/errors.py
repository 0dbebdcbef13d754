"""What is wrong with a setting, in one sentence for the user."""

from __future__ import annotations


class SettingsError(ValueError):
    """A setting that cannot be used; `str()` names where it came from and what is allowed.

    It never holds the value of a secret.
    """
