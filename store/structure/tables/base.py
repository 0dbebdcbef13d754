"""What all tables share: their metadata, and the types of their columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Dialect,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.types import UserDefinedType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC, exact over the whole range of `datetime`."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """The aware instant that `to_micros` was given."""
    return _EPOCH + timedelta(0, 0, value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as an integer of microseconds: it sorts and has no zone to lose."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware instant → integer."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Integer → aware instant."""
        return None if value is None else from_micros(value)


class Number(UserDefinedType[int | float]):
    """A number as SQLite keeps it: 950 and 950.0 are the integer 950, 1.5 is a float."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The column's declared type, which gives it numeric affinity."""
        return "NUMERIC"


METADATA = MetaData()
"""The schema. No class is mapped to its tables: to import the mapper is a tenth of a start."""
