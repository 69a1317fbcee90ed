"""Queries of Django's that are built and compiled once, and run with other values each time (performance.md).

Building a queryset and compiling it to SQL takes longer than the database takes to answer it. On the paths that every
request of every client takes, that is done once per process. The query is still stated as a queryset, and its rows are
still made by Django: only what lies between is kept. Elsewhere than on PostgreSQL the queryset simply runs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

RowT = TypeVar("RowT")

_PLACEHOLDER = "%s"


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A queryset with its compiler, which knows how rows are read, and its SQL.

    For each parameter there is the name of a value, or a constant that stands for itself.
    """

    queryset: Any
    compiler: Any
    sql: str
    parameters: tuple[tuple[str, Any], ...]


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
        if connection.vendor != "postgresql":
            return self._build(**values).first()
        return next(self._rows(values), None)

    def all(self, **values: Any) -> list[RowT]:
        """Return all rows. One statement."""
        if connection.vendor != "postgresql":
            return list(self._build(**values))
        return [*self._rows(values)]

    def for_driver(self, **values: Any) -> tuple[str, list[Any]]:
        """Return SQL and parameters for psycopg itself, whose rows are then dictionaries at best."""
        return self._compiled.sql, self._parameters(values)

    @cached_property
    def _compiled(self) -> _Compiled:
        queryset = self._build(**self._examples)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, found = compiler.as_sql()
        # What turns a column's value into a field's is the same for every row there will ever be.
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        compiler.get_converters = lambda _: converters
        return _Compiled(queryset, compiler, sql, tuple((self._name_of(value), value) for value in found))

    def _name_of(self, value: Any) -> str:
        return next((name for name, example in self._examples.items() if example == value), "")

    def _parameters(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if name else constant for name, constant in self._compiled.parameters]

    def _rows(self, values: Mapping[str, Any]) -> Iterator[RowT]:
        compiled = self._compiled
        compiler = copy.copy(compiled.compiler)
        # A compiler belongs to the connection of one thread.
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: (compiled.sql, tuple(self._parameters(values)))
        queryset = compiled.queryset.all()
        queryset.query = _CompiledAlready(queryset.query, compiler)
        return cast("Iterator[RowT]", iter(queryset._iterable_class(queryset)))


class _CompiledAlready:
    """A query in the eyes of whoever makes rows: it has its compiler, and all else is as in the original."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query = query
        self._compiler = compiler

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
