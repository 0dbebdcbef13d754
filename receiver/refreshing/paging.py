"""Pages into one list: each record once, and nothing lost when the list moves in the meantime.

Offsets shift when records come or go between two requests. So each page begins with the last
record of the one before: as long as it is found again, nothing that was there was passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from receiver.judging.strict_json import InvalidJsonError, parse

LIMIT = 250
"""The most records that a page may have."""
MOST_RECORDS = 200_000


class UnusableAnswerError(Exception):
    """An answer that is no page; `str()` completes "the API …"."""


class ShiftedError(Exception):
    """The list moved so that records may have been passed over: it is to be fetched anew."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer."""

    records: tuple[dict[str, Any], ...]
    has_more: bool | None
    total: int | None
    limit: int | None
    """The limit that the server applied, which may be less than what was asked for."""


def read_page(body: bytes) -> Page:
    """A page from its bytes; `meta` may lack anything.

    Raises:
        UnusableAnswerError: it is not JSON, or has no list of records.
    """
    try:
        answer = parse(body)
    except InvalidJsonError:
        raise UnusableAnswerError("sent an answer that is cut off or is not JSON") from None
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(results, list):
        raise UnusableAnswerError("sent an answer without a list of results")
    meta = answer.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    more = meta.get("hasMore")
    return Page(
        tuple(record for record in results if isinstance(record, dict)),
        more if isinstance(more, bool) else None,
        _count(meta.get("total")),
        _count(meta.get("limit")) or None,
    )


class Listing:
    """Gathers the pages of one list."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Any]] = {}
        self._offset = 0
        self._last_id: str | None = None
        self.total: int | None = None
        """How many there are, as the last page said."""
        self.done = False

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """What was listed, each id once, the last word on it."""
        return tuple(self._records.values())

    @property
    def complete(self) -> bool:
        """Whether as many came as the server said that there are."""
        return self.done and (self.total is None or len(self._records) >= self.total)

    @property
    def next_offset(self) -> int:
        """Where the next page begins: at the last record that is known."""
        return self._offset

    def add(self, page: Page) -> None:
        """Takes the page that began at `next_offset`.

        Raises:
            ShiftedError: the last record of the page before is not in it.
            UnusableAnswerError: it says that there is more, and gives nothing new.
        """
        ids = [_id_of(record) for record in page.records]
        if self._last_id is not None and self._last_id not in ids:
            raise ShiftedError
        known = len(self._records)
        self._records.update(
            (record_id, record)
            for record_id, record in zip(ids, page.records, strict=True)
            if record_id is not None
        )
        end = self._offset + len(ids)
        self.total = page.total
        self.done = _is_last(page, end)
        if not self.done and len(self._records) == known:
            raise UnusableAnswerError("says that there is more, and lists nothing new")
        if len(self._records) > MOST_RECORDS:
            raise UnusableAnswerError(f"lists more than {MOST_RECORDS:,} records")
        self._last_id = ids[-1] if ids else None
        self._offset = end - 1 if self._last_id else end


def pages_of(records: int) -> int:
    """How many requests a list of so many records takes."""
    if records <= LIMIT:
        return 1
    return 1 + -(-(records - LIMIT) // (LIMIT - 1))


def _is_last(page: Page, end: int) -> bool:
    if page.has_more is not None:
        return not page.has_more
    if page.total is not None:
        return end >= page.total
    return len(page.records) < min(LIMIT, page.limit or LIMIT)


def _id_of(record: dict[str, Any]) -> str | None:
    record_id = record.get("id")
    return record_id if isinstance(record_id, str) and record_id else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
