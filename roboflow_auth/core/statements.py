"""Queries of Django's that are built and compiled once, and run with other values each time (performance.md).

Building a queryset and compiling it to SQL takes longer than the database takes to answer it. On the paths that every
request of every client takes, that is done once per process. The query is still stated as a queryset, and answers what
it would; `rows.py` makes that of what the database finds. Elsewhere than on PostgreSQL the queryset simply runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from roboflow_auth.core.rows import RowReader

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The SQL of a queryset, and what reads its rows.

    For each parameter there is the name of a value, or a constant that stands for itself.
    """

    sql: str
    parameters: tuple[tuple[str, Any], ...]
    rows: RowReader


@Field.register_lookup
class AnyOf(Lookup[Any]):
    """`column__any_of=[…]`: like `in`, but the same SQL however many values there are. PostgreSQL only."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return the comparison with an array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*parameters, self.rhs]


class PreparedQuery(Generic[RowT]):
    """The queryset that `build` makes of named values, compiled once.

    `examples` are values of the right types, each unlike all others and unlike any constant of the query: wherever one
    turns up among the parameters of the SQL, the value of its name goes. A `build` must not ask different questions of
    different values.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, RowT]], **examples: Any) -> None:
        self._build = build
        self._examples = examples

    def first(self, **values: Any) -> RowT | None:
        """Return the first row, or None. One statement."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor != "postgresql":
            return self._build(**values).first()
        compiled = self._compiled
        with database.cursor() as cursor:
            cursor.execute(compiled.sql, self._parameters(values))
            row = cursor.fetchone()
        return None if row is None else cast("RowT", compiled.rows.read(row, database))

    def all(self, **values: Any) -> list[RowT]:
        """Return all rows. One statement."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor != "postgresql":
            return list(self._build(**values))
        compiled = self._compiled
        with database.cursor() as cursor:
            cursor.execute(compiled.sql, self._parameters(values))
            return [compiled.rows.read(row, database) for row in cursor.fetchall()]

    def for_driver(self, **values: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters for psycopg itself, whose rows are then dictionaries at best."""
        return self._compiled.sql, self._parameters(values)

    @cached_property
    def _compiled(self) -> _Compiled:
        queryset = self._build(**self._examples)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, found = compiler.as_sql()
        parameters = tuple((self._name_of(value), value) for value in found)
        return _Compiled(sql, parameters, RowReader(queryset, compiler))

    def _name_of(self, value: Any) -> str:
        return next((name for name, example in self._examples.items() if example == value), "")

    def _parameters(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if name else constant for name, constant in self._compiled.parameters]
