"""Statements put together once, for the few that somebody waits for in every turn.

For each execution SQLAlchemy looks a statement up in its cache, asks every column for its default and every result for its
type; that takes longer than the database does. Here it is asked once for each kind of database and each set of values. What
runs is the same text, in the same transaction, and errors are SQLAlchemy's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Given = Mapping[str, Any]


class CompiledStatement:
    """A statement to be run with values by their columns' and parameters' names.

    Ask it for numbers and texts only: results come as the driver gives them. In an insert, each time must be given; what else
    is left out has its column's default.
    """

    def __init__(self, statement: Executable):
        self._statement = statement
        self._made: dict[tuple[str, ...], _Made] = {}

    def __call__(self, connection: Connection, given: Given) -> list[tuple]:
        """The rows that it gives; none where it gives none."""
        made = self._made_for(connection.dialect, given)
        return _run(connection, "execute", made.text, made.values(given))

    def many(self, connection: Connection, given: Sequence[Given]) -> None:
        """Once for each of them; at least one, all with the same names."""
        made = self._made_for(connection.dialect, given[0])
        _run(connection, "executemany", made.text, [made.values(one) for one in given])

    def _made_for(self, dialect: Dialect, given: Given) -> _Made:
        key = (dialect.name, *given)
        if key not in self._made:
            self._made[key] = _make(self._statement, dialect, list(given))
        return self._made[key]


def _run(connection: Connection, way: str, text: str, values: Any) -> list[tuple]:
    driver = connection.dialect.dbapi
    cursor = connection.connection.cursor()
    try:
        getattr(cursor, way)(text, values)
        return cursor.fetchall() if cursor.description else []
    except driver.Error as error:
        # What people wrote stays out of it, as in all errors of the store.
        raise DBAPIError.instance(
            None, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()


@dataclass(frozen=True)
class _Made:
    """The text for a driver; what each value must go through; the values that never change; the order, where that counts."""

    text: str
    converters: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, Any]
    order: Sequence[str] | None

    def values(self, given: Given) -> tuple | dict:
        converters = self.converters
        found = {
            **self.constants,
            **{name: converters[name](value) if name in converters else value for name, value in given.items()},
        }
        return found if self.order is None else tuple([found[name] for name in self.order])


def _make(statement: Executable, dialect: Dialect, names: list[str]) -> _Made:
    defaults = _defaults(statement, names) if isinstance(statement, Insert) else {}
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=[*names, *defaults])
    converters = {}
    for name, bind in compiled.binds.items():
        if convert := bind.type.dialect_impl(dialect).bind_processor(dialect):
            converters[name] = convert
    fixed = {name: value for name, value in {**compiled.params, **defaults}.items() if name not in names}
    constants = {name: converters[name](value) if name in converters else value for name, value in fixed.items()}
    return _Made(str(compiled), converters, constants, compiled.positiontup if compiled.positional else None)


def _defaults(statement: Insert, names: list[str]) -> dict[str, Any]:
    """What an insert puts into the columns that are left out."""
    found = {}
    for column in statement.table.columns:
        if column.default is None or column.name in names:
            continue
        found[column.name] = column.default.arg(None) if column.default.is_callable else column.default.arg
        if isinstance(found[column.name], datetime):
            raise ValueError(f"{column.name} must be given: it is another one each time")
    return found
