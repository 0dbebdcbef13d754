"""The steps that bring an older store up to date, in the order in which the schema grew.

A new store is made from `store.tables` at once; an older one takes the steps that it lacks. Both
must lead to the same schema: a test compares them. A step is never changed once it has landed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

#: The step at index n brings a store from schema n + 1 to n + 2.
UPGRADES: tuple[Callable[[Connection], None], ...] = ()
