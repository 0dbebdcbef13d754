"""The work of laying a payload out at a width, which can be done away from the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meterbase_tui.widgets.hex_layout import HexLayout
from meterbase_tui.widgets.sheet import SHOWN_AT_FIRST, Payload, Sheet, View, lay_out
from meterbase_tui.widgets.text_layout import TextLayout

if TYPE_CHECKING:
    from meterbase_tui.widgets.layout import Layout


@dataclass(frozen=True, slots=True)
class LayoutJob:
    """All that laying out needs to know, so that it can be done elsewhere."""

    payload: Payload
    view: View
    whole: bool
    rest_key: str
    width: int
    sheet: Sheet | None
    """The lines, if only the width has changed."""

    @property
    def _hexadecimal(self) -> bool:
        return self.view is View.HEX and not self.payload.withheld

    @property
    def cost(self) -> int:
        """How many bytes have to be looked at."""
        if self._hexadecimal:
            return 0
        return len(self.payload.body) if self.whole else min(len(self.payload.body), SHOWN_AT_FIRST)

    def run(self) -> tuple[Sheet | None, Layout]:
        """Does it; there are no lines in hexadecimal."""
        if self._hexadecimal:
            return None, HexLayout(self.payload.body, self.width)
        sheet = self.sheet or lay_out(
            self.payload, self.view, whole=self.whole, rest_key=self.rest_key
        )
        return sheet, TextLayout(sheet, self.width)
