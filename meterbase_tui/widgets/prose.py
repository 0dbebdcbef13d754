"""Texts that are laid out for the width that there is, so that no line goes on below its label."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.visual import Visual
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.css.styles import RulesMap
    from textual.selection import Selection
    from textual.strip import Strip
    from textual.style import Style
    from textual.visual import RenderOptions

_LEAST = 12
"""Cells that a text gets in any case; where a terminal has fewer, it is wrapped as it comes."""
LABEL = 12
"""Cells of a label, so that what is labelled stands in one column."""
_NOTHING = Content("")


class Laid(Visual):
    """Something that a `Static` or a line of a list shows; a subclass lays it out."""

    def __init__(self) -> None:
        self._laid: tuple[int, Content] | None = None

    @abstractmethod
    def lay(self, width: int) -> Iterable[Content]:
        """The lines for so many cells."""

    def at(self, width: int) -> Content:
        """All of it for so many cells."""
        if self._laid is None or self._laid[0] != width:
            self._laid = width, Content("\n").join(self.lay(width))
        return self._laid[1]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """The longest line, where that has room."""
        return self.at(container_width).get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """How many lines it takes."""
        return self.at(width).get_height(rules, width)

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """Draws it."""
        return self.at(width).render_strips(width, height, style, options)


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and where it goes on when it is too long."""

    head: Content
    """What stands before the text, such as a label; it is not wrapped."""
    text: Content = _NOTHING
    indent: int | None = None
    """Cells before what goes on below; as many as the head has if None. With fewer, a text that
    does not fit beside its head begins below it."""

    def lay(self, width: int) -> Iterator[Content]:
        """The lines that it takes."""
        at = self.head.cell_length
        indent = at if self.indent is None else self.indent
        if at + self.text.cell_length <= width and "\n" not in self.text.plain:
            yield self.head + self.text
            return
        first, *others = self.text.wrap(max(_LEAST, width - indent)) or [_NOTHING]
        margin = Content(" " * indent)
        if indent < at:
            yield self.head
            yield margin + first
        else:
            yield self.head + first
        yield from (margin + each for each in others)


def plain(text: Content) -> Line:
    """A line without a label."""
    return Line(_NOTHING, text)


def labelled(label: str, text: Content) -> Line:
    """A line with a label, beside whose column the text goes on."""
    head = Content.from_markup("[$foreground-muted]$label[/]", label=label.ljust(LABEL))
    return Line(head, text)


BLANK = plain(_NOTHING)
"""Between lines that belong together."""


class Prose(Laid):
    """Lines below one another."""

    def __init__(self, lines: Iterable[Line]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def lay(self, width: int) -> Iterator[Content]:
        """Each line, wrapped below its own text."""
        for line in self._lines:
            yield from line.lay(width)


class Flow(Laid):
    """Parts beside one another, as many as fit on a line; a part is broken only where it must."""

    def __init__(self, parts: Iterable[Content], gap: int = 3) -> None:
        super().__init__()
        self._parts = tuple(part for part in parts if part)
        self._gap = Content(" " * gap)

    def lay(self, width: int) -> Iterator[Content]:
        """Fills line after line."""
        line = _NOTHING
        for part in self._parts:
            longer = line + self._gap + part if line else part
            if line and longer.cell_length > width >= part.cell_length:
                yield line
                longer = part
            line = longer
        yield line


class LaidText(Static):
    """A `Static` for what is laid out here, of which a part can be selected and copied too."""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, in the lines that are seen."""
        visual = self.visual
        if not isinstance(visual, Laid):
            return super().get_selection(selection)
        return selection.extract(visual.at(self.size.width).plain), "\n"
