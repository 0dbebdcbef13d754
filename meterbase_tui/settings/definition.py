"""What is known of one setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One setting."""

    name: str
    """The field of `Settings`, and the key in the configuration file."""
    variable: str
    """In the environment and in `.env`."""
    option: str | None = None
    """On the command line; None for what must not appear there."""
    parse: Callable[[str], Any]
    """Text to value; raises `ValueError` with what is allowed."""
    metavar: str | None = None
    help: str
    """What it is, in one sentence, with its default."""
    choices: tuple[str, ...] = ()
    """All that it may be, where that is a few words."""
    bounds: tuple[int, int] | None = None
    """The least and the most that a number may be."""
    example: str | None = None
    """A value for the configuration file, where the default is none."""
    hidden: bool = False
    """Whether the value is a secret, a key or a token, and is never quoted."""
    empty_is_none: bool = True
    """Whether an empty text means that there is none; otherwise it means that nothing was said."""
    refuse_empty: bool = False
    """Whether an empty text is a mistake."""

    @property
    def placeholder(self) -> str | None:
        """What stands for the value in the help of its option."""
        return f"[{'|'.join(self.choices)}]" if self.choices else self.metavar
