"""What can go wrong with a store, in sentences that say what happened and what to do next."""

from __future__ import annotations


class StoreError(Exception):
    """A store that cannot be used. `str()` is one sentence or two for the user."""


class StoreRefusedError(StoreError):
    """The file may not be written to: it is foreign, damaged, newer or out of reach."""


class StoreMissingError(StoreError):
    """There is no store at the path yet."""


class StoreInUseError(StoreError):
    """Another receiver holds the store."""

    def __init__(self, sentence: str, holder: int | None = None) -> None:
        super().__init__(sentence)
        self.holder = holder
        """The process that holds it, as far as it says so."""


class StoreRejectedError(StoreError):
    """The store will not take what was to be written; trying again would not help."""


class StoreUnavailableError(StoreError):
    """Something could not be committed now: nothing of it was stored, and it may be tried again."""


class NoReceiverError(StoreError):
    """No receiver has the store open that could do what was asked for."""


class StoreInterruptedError(StoreUnavailableError):
    """A query was given up because nobody wants its answer any more; see `Reader.interrupt`."""
