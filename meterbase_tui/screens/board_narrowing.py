"""The dashboard's filter and search: asked of the store, on a thread of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType

from meterbase_tui import screens
from meterbase_tui.queries.narrowing import concerning_records, describe_filters
from meterbase_tui.screens.board import Board
from meterbase_tui.screens.search import SearchLine
from meterbase_tui.widgets.table_messages import MarksChanged
from store.errors import StoreError, StoreInterruptedError
from store.reading.choices import read_choices
from store.reading.filters import EVERYTHING, Filters


class BoardNarrowing(Board):
    """Narrows the events, and the changes too where the filter says which records are meant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Filter", id="filter.edit"),
        Binding("slash", "search", "Search", key_display="/", id="filter.search"),
        Binding("escape", "clear", "Clear", tooltip="Marks, or else filter", id="filter.clear"),
    ]

    filters: Filters = EVERYTHING
    """What the events are narrowed to."""
    _records: Filters = EVERYTHING
    """What the changes are narrowed to."""

    @work(description="asking for a filter", group="dialogs", exclusive=True)
    async def action_filter(self) -> None:
        """Asks for a filter."""
        try:
            choices = await self._desk.reading.query(read_choices)
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
            return
        filters = await self.app.push_screen_wait(screens.FilterForm(self.filters, choices))
        if filters is not None:
            self.narrow(filters)

    @work(description="asking what to search", group="dialogs", exclusive=True)
    async def action_search(self) -> None:
        """Asks for a text."""
        text = await self.app.push_screen_wait(SearchLine(self.filters.search or ""))
        if text is not None:
            self.narrow(replace(self.filters, search=text or None))

    def action_clear(self) -> None:
        """Takes the marks away; without any, the filter."""
        if self._deliveries.table.marks:
            self._deliveries.table.clear_marks()
        else:
            self.narrow(EVERYTHING)

    @on(MarksChanged)
    def offer_to_clear(self) -> None:
        """There is something to clear, or nothing any more."""
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Clearing is there when there is something to clear."""
        if action == "clear":
            return bool(self._deliveries.table.marks) or self.filters != EVERYTHING
        return super().check_action(action, parameters)

    def narrow(self, filters: Filters) -> None:
        """Shows what matches; a search that still runs is given up."""
        if filters != self.filters:
            self.filters = filters
            self.refresh_bindings()
            self._desk.searching.give_up()
            self._narrow(filters)
            self.look_soon()

    @work(description="searching", group="narrowing", exclusive=True)
    async def _narrow(self, filters: Filters) -> None:
        records = concerning_records(filters)
        try:
            reading = await self._desk.searching.reading_for(filters)
            source = self._deliveries.source(reading.reader, filters)
            await self._deliveries.narrow(source, reading, describe_filters(filters))
            if records != self._records:
                reading = await self._desk.searching.reading_for(records)
                changes = self._changes.source(reading.reader, records)
                await self._changes.narrow(changes, reading, describe_filters(records))
                self._records = records
        except StoreInterruptedError:
            pass  # another filter has taken its place
        except StoreError as error:
            self._desk.tell(self.app, str(error), severity="error")
