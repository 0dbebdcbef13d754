"""How the API lists a portfolio: its records, filters, order and pages. Pure.

Shapes, names and limits are those of Propexo's published OpenAPI description: records in the API's
own words (`number`, `square_feet`, `is_vacant`, rooms as texts), pages by `offset` and `limit`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sample_payloads.pms.views import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sample_payloads.portfolio import Portfolio

Record: TypeAlias = dict[str, Any]
Answer: TypeAlias = tuple[int, Record]
"""An HTTP status and a JSON object."""
MOST, USUAL = 250, 100
"""The largest page, and the one that is given unasked."""
_PAGING = frozenset({"offset", "limit", "order-by"})
_ORDER = re.compile(r"([a-z_0-9]{1,40}):(asc|desc)")
_DIGITS = re.compile(r"[0-9]{1,9}")
_USUAL_ORDER = "created_at:desc"


@dataclass(frozen=True, slots=True)
class _Paging:
    offset: int
    limit: int
    field: str
    descending: bool

    @property
    def order(self) -> str:
        return f"{self.field}:{'desc' if self.descending else 'asc'}"


class _InvalidError(ValueError):
    """A query that the API refuses; `str()` says why."""


def answer_list(portfolio: Portfolio, kind: str, query: Mapping[str, str]) -> Answer:
    """A page of `properties`, `units`, `leases` or `residents`; 400 for a query that is wrong."""
    view = VIEWS.get(kind)
    if view is None:
        return refuse_path()
    try:
        wanted = _read_filters(query, view.filters)
        paging = _read_paging(query)
        found = [record for record in view.list(portfolio) if _matches(record, wanted)]
        return 200, _page(found, paging)
    except _InvalidError as error:
        return _error(400, "invalid_request", str(error))


def answer_one(portfolio: Portfolio, kind: str, record_id: str) -> Answer:
    """One record, as an object; 404 where there is none."""
    view = VIEWS.get(kind)
    for record in view.list(portfolio) if view else ():
        if record["id"] == record_id:
            return 200, {"meta": {"orderBy": []}, "results": record}
    return _error(404, "not_found", f"There is no such record in {kind}.")


def refuse_path() -> Answer:
    """The answer where nothing is served."""
    return _error(404, "not_found", "There is nothing at this path.")


def refuse_method() -> Answer:
    """The answer to a request that would change something."""
    return _error(405, "method_not_allowed", "Only GET is served.")


def refuse_token() -> Answer:
    """The answer to a request without the token."""
    return _error(401, "unauthorized", "The bearer token is missing or wrong.")


def refuse_more() -> Answer:
    """The answer to a request beyond the limit of the minute."""
    return _error(429, "too_many_requests", "The limit of requests a minute is used up.")


def _error(status: int, code: str, message: str) -> Answer:
    return status, {"error": {"code": code, "message": message, "details": {}}}


def _read_filters(query: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    wanted = {name: value for name, value in query.items() if name not in _PAGING}
    if unknown := sorted(set(wanted) - set(known)):
        raise _InvalidError(f"unrecognized_keys: {', '.join(unknown)}")
    if "unit_number" in wanted and "property_id" not in wanted:
        raise _InvalidError("unit_number needs property_id")
    return wanted


def _read_paging(query: Mapping[str, str]) -> _Paging:
    offset, limit = query.get("offset", "0"), query.get("limit", str(USUAL))
    if not _DIGITS.fullmatch(offset):
        raise _InvalidError("offset must be a number of 0 or more")
    if not _DIGITS.fullmatch(limit) or not 1 <= int(limit) <= MOST:
        raise _InvalidError(f"limit must be a number from 1 to {MOST}")
    order = _ORDER.fullmatch(query.get("order-by", _USUAL_ORDER))
    if order is None:
        raise _InvalidError("order-by must be field:asc or field:desc")
    return _Paging(int(offset), int(limit), order[1], order[2] == "desc")


def _matches(record: Record, wanted: Mapping[str, str]) -> bool:
    return all(_holds(record, name, value) for name, value in wanted.items())


def _holds(record: Record, name: str, value: str) -> bool:
    if name == "resident_id":
        return any(each["resident_id"] == value for each in record["residents_meta_data"])
    if name == "lease_id":
        return any(each["lease_id"] == value for each in record["leases_meta_data"])
    actual = record["number"] if name == "unit_number" else record[name]
    return value == (str(actual).lower() if isinstance(actual, bool) else actual)


def _page(found: list[Record], paging: _Paging) -> Record:
    if found and paging.field not in found[0]:
        raise _InvalidError(f"order-by: there is no field {paging.field}")
    # By id among equals, so that pages of one list never overlap.
    found.sort(key=lambda record: str(record["id"]))
    found.sort(key=lambda record: _sortable(record[paging.field]), reverse=paging.descending)
    end = paging.offset + paging.limit
    meta = {
        "offset": paging.offset,
        "limit": paging.limit,
        "orderBy": [paging.order],
        "hasMore": end < len(found),
        "total": len(found),
    }
    return {"meta": meta, "results": found[paging.offset : end]}


def _sortable(value: Any) -> tuple[int, float, str]:
    """Null first, then numbers and flags, then texts."""
    if value is None:
        return (0, 0, "")
    if isinstance(value, int | float):
        return (1, value, "")
    return (2, 0, str(value))
