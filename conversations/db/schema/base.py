"""Metadata, column types and helpers that all tables share."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    TypeDecorator,
    literal_column,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import Row, Select
    from typing_extensions import Unpack

AnyRow: TypeAlias = "Row[Unpack[tuple[Any, ...]]]"
AnySelect: TypeAlias = "Select[Unpack[tuple[Any, ...]]]"

# A literal instead of a parameter: a partial index is used only if the query repeats its condition word for word.
EMPTY: ColumnElement[str] = literal_column("''")
LONGEST_ID = 255  # characters of an id that a platform or client gives
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite increments only INTEGER keys by itself
SEARCH_INDEX = "message_words"  # made by migration 0002; differs by database, so it is not in the metadata

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """Column type for aware datetimes in UTC; adds the zone when reading, since SQLite does not store it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raises ValueError for a time without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value if value is None or value.tzinfo is timezone.utc else value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=timezone.utc)


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(timezone.utc)


def partial_index(name: str, *columns: str, only: str) -> Index:
    """Make an index of the rows for which the SQL condition `only` is true; queries must repeat or imply that condition."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


def belongs_to(table: str) -> ForeignKey:
    """Make a foreign key to the id of a table; the row is deleted with the row that it refers to."""
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


# Tables that only the release before uses, whose fronts may run on; a migration of the next one drops them.
LEFT = frozenset({"draft", "daily", "zone_daily"})


def is_ours(name: str | None, kind: str, parents: object = None) -> bool:
    """Return whether a database object belongs to the metadata, for Alembic's comparison of the two."""
    return not (kind == "table" and name and (name.startswith(SEARCH_INDEX) or name in LEFT))
