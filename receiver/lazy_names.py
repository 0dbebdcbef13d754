"""Packages whose names are imported when they are asked for, so that a start takes what it needs.

A package says its names to the type checker as usual, and to the interpreter by `find_names`
(PEP 562): importing one of its modules then does not import all of the others.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def find_names(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], object]:
    """The `__getattr__` of a package.

    Args:
        package: its `__name__`.
        homes: the names by the module of the package that has them.

    Returns:
        What gives a name its value, importing the module. It raises `AttributeError` for others.
    """
    places = {name: f"{package}.{module}" for module, names in homes.items() for name in names}

    def find(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(places[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return find
