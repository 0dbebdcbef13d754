"""A window on many lines: the keys, the wheel and the drawn scrollbar that they share.

A plain `Widget` with an offset of its own and not a `ScrollView`: setting a virtual size lays the
whole screen out again, ten times a second for a table that grows.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Spacing
from textual.strip import Strip
from textual.widget import Widget

from meterbase_tui.widgets.scrollbar import line_at, thumb

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events
    from textual.geometry import Region

_WHEEL_LINES = 3
_JOINED_LINES = 500
_NO_GUTTER = Spacing()


class Scroller(Widget, can_focus=True):
    """Lines of which only those in view are drawn; a subclass says how many, and draws one.

    The last column belongs to the scrollbar, whether or not it is needed, so that nothing moves
    sideways when the lines come to fill the window.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", show=False, id="lines.down"),
        Binding("k,up", "step(-1)", "Up", show=False, id="lines.up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="lines.half_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="lines.half_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="lines.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="lines.page_up"),
        Binding("g,home", "top", "To the top", show=False, id="lines.top"),
        Binding("G,end", "bottom", "To the bottom", show=False, id="lines.bottom"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"scroller--track", "scroller--thumb"}
    DEFAULT_CSS = """
    Scroller {
        width: 1fr;
        height: 1fr;
        & > .scroller--track { color: $foreground 15%; }
        & > .scroller--thumb { color: $foreground 45%; }
        &:focus > .scroller--thumb { color: $primary; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.first_line = 0
        """The line at the top of the window."""
        self._styles_drawn: dict[tuple[str, ...], Style] = {}
        self._joined: dict[tuple[int, Segment], tuple[Strip, Strip]] = {}
        """Lines with their cell of the scrollbar, as they were drawn."""
        self._dragging = False

    # What a subclass provides.

    @property
    @abstractmethod
    def line_count(self) -> int:
        """How many lines there are."""

    @abstractmethod
    def draw(self, y: int, width: int) -> Strip:
        """Draws one line of the window, head included, in at most `width` cells."""

    @abstractmethod
    def action_step(self, lines: int) -> None:
        """Goes some lines down, or up with a negative number."""

    @abstractmethod
    def action_top(self) -> None:
        """Goes to the first line."""

    @abstractmethod
    def action_bottom(self) -> None:
        """Goes to the last line."""

    @property
    def head_height(self) -> int:
        """How many lines at the top stay where they are."""
        return 0

    def scrolled(self) -> None:
        """Called after the user moved the window by wheel or scrollbar."""

    # What a subclass uses.

    @property
    def body_height(self) -> int:
        """How many lines the window shows, without the head."""
        return max(0, self.size.height - self.head_height)

    @property
    def last_first_line(self) -> int:
        """The line at the top of the window when its end is in view."""
        return max(0, self.line_count - self.body_height)

    def show_from(self, line: int) -> bool:
        """Puts a line at the top of the window, as far as the ends allow; whether it moved."""
        line = min(max(0, line), self.last_first_line)
        moved, self.first_line = line != self.first_line, line
        if moved:
            self.refresh()
        return moved

    def revealing(self, line: int) -> int:
        """Which line to put at the top of the window, to show a line with the least movement."""
        return max(min(self.first_line, line), line - max(1, self.body_height) + 1)

    def shown(self, *component_classes: str) -> Style:
        """The style of component classes laid over one another and over the widget."""
        style = self._styles_drawn.get(component_classes)
        if style is None:
            style = self.get_visual_style(*component_classes).rich_style
            self._styles_drawn[component_classes] = style
        return style

    # What it does by itself.

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draws some lines of the window.

        Without Textual's cache of styled lines, which knows a line by its place: here most lines
        only move, and are known by what they are. It makes a new line of each, for which all that
        follows is done anew; that was two thirds of the screen's time.
        """
        if self.styles.gutter != _NO_GUTTER or self.opacity < 1:
            return super().render_lines(crop)
        background, filters = self.background_colors[1], self.get_line_filters()
        strips = [self.render_line(y) for y in crop.line_range]
        for each in filters:
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Draws one line of the window and the cell of the scrollbar beside it."""
        width = self.size.width
        if width <= 0:
            return Strip([])
        body, bar = self.draw(y, width - 1), self._bar(y)
        joined = self._joined.get((id(body), bar))
        if joined is None or joined[0] is not body:
            full = body.adjust_cell_length(width - 1, self.shown())
            joined = body, Strip([*full, bar], width)
            if len(self._joined) >= _JOINED_LINES:
                self._joined.clear()
            # With the line itself, so that nothing else can have its identity meanwhile.
            self._joined[id(body), bar] = joined
        return joined[1]

    def _bar(self, y: int) -> Segment:
        total, height, head = self.line_count, self.body_height, self.head_height
        if y < head or total <= height:
            return Segment(" ", self.shown())
        if y - head in thumb(total, height, self.first_line):
            return Segment("┃", self.shown("scroller--thumb"))
        return Segment("│", self.shown("scroller--track"))

    def notify_style_update(self) -> None:
        """Forgets the styles that were drawn with: the theme or the focus has changed."""
        super().notify_style_update()
        self._styles_drawn.clear()
        self._joined.clear()

    def action_page(self, pages: float) -> None:
        """Goes some pages down, or up with a negative number."""
        lines = max(1, int(abs(pages) * self.body_height))
        self.action_step(lines if pages > 0 else -lines)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Moves the window down."""
        self._wheel(event, _WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Moves the window up."""
        self._wheel(event, -_WHEEL_LINES)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        self.show_from(self.first_line + lines)
        self.scrolled()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begins to drag the thumb, when the scrollbar was hit."""
        at = event.get_content_offset(self)
        if at and at.x == self.size.width - 1 and self.line_count > self.body_height:
            event.stop()
            self.capture_mouse()
            self._dragging = True
            self._drag(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Moves the window with the thumb."""
        if self._dragging:
            self._drag(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Lets go of the thumb."""
        if self._dragging:
            event.stop()
            self.release_mouse()

    def on_mouse_release(self) -> None:
        """The thumb is let go of, or the mouse was taken away."""
        self._dragging = False

    def _drag(self, event: events.MouseEvent) -> None:
        cell = event.get_content_offset_capture(self).y - self.head_height
        self.show_from(line_at(self.line_count, self.body_height, cell))
        self.scrolled()
