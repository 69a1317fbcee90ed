"""Several writes as one statement: all of them or none, in one round trip (performance.md).

A transaction of five writes costs seven round trips, which is most of what a token request costs. PostgreSQL takes them
as one statement (data-modifying WITH). Elsewhere the same writes run one after the other in a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, DateTimeField, Field, Model, TextField

_LENGTH = re.compile(r"\(.*\)")
# Of these kinds of fields the driver takes these values as they are; every other value is prepared by its field.
_AS_IT_IS: dict[type, type] = {CharField: str, TextField: str, BooleanField: bool, DateTimeField: datetime}


def add_together(rows: Sequence[Model]) -> None:
    """Add new `rows`, of models with numbered ids; a row may refer to one before it. One statement."""
    if connection.vendor == "postgresql":
        _run(None, (), rows)
    else:
        with transaction.atomic():
            _save(rows)


def change_if_unchanged(
    row: Model, unchanged: Sequence[str], changes: Mapping[str, Any], added: Sequence[Model] = ()
) -> bool:
    """Make `changes` to a stored `row` and add new rows, if the `unchanged` fields are still as `row` was read.

    Return whether they were: of any number of concurrent calls that read the same, one finds them so, and the others
    leave nothing behind. A changed value may be one of the `added` rows. One statement.
    """
    if connection.vendor == "postgresql":
        return _change_in_one(row, unchanged, changes, added)
    with transaction.atomic():
        _save(added)
        as_read = {name: getattr(row, _column(type(row), name).attribute) for name in unchanged}
        found = type(row)._default_manager.filter(pk=row.pk, **as_read).update(**changes)
        if not found:
            transaction.set_rollback(True)
    return bool(found)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a model: how its value is read from a row, and how SQL says that it is a parameter, or NULL.

    Values of type `as_it_is` need no preparation.
    """

    field: Any
    name: str
    attribute: str
    as_it_is: type | None
    parameter: str
    null: str


@dataclass(frozen=True, slots=True)
class _Added:
    """A row that a statement adds: the SQL of each column's value. Rows of the same shape have the same."""

    model: type[Model]
    expressions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    """What a statement changes: the SQL of each new value by its column, and the names of the fields it looks at."""

    model: type[Model]
    settings: tuple[tuple[str, str], ...]
    unchanged: tuple[str, ...]


def _save(rows: Sequence[Model]) -> None:
    for row in rows:
        row.save(force_insert=True)


def _change_in_one(row: Model, unchanged: Sequence[str], changes: Mapping[str, Any], added: Sequence[Model]) -> bool:
    model = type(row)
    settings, values = [], []
    for name, value in changes.items():
        column, number = _column(model, name), _number_of(value, added)
        settings.append((column.name, column.parameter if number is None else f"ids.id{number}"))
        if number is None:
            values.append(column.field.get_db_prep_save(value, connection))
    values.append(row.pk)
    values += [getattr(row, _column(model, name).attribute) for name in unchanged]
    return _run(_Change(model, tuple(settings), tuple(unchanged)), values, added)


def _run(change: _Change | None, values: Sequence[Any], rows: Sequence[Model]) -> bool:
    """Run the statement and give each of `rows` its id. Return False where there was nothing to change any more."""
    added, parameters = [], [*values]
    # Itself and not the proxy, which looks up on each use which connection is this thread's.
    database = connections[DEFAULT_DB_ALIAS]
    for row in rows:
        its_shape, its_values = _take_apart(row, rows, database)
        added.append(its_shape)
        parameters += its_values
    with database.cursor() as cursor:
        cursor.execute(_statement(change, tuple(added)), parameters)
        ids = cursor.fetchone()
    for row, its_id in zip(rows, ids or (), strict=False):
        row.pk = its_id
        row._state.adding, row._state.db = False, database.alias
    return ids is not None


def _take_apart(row: Model, rows: Sequence[Model], database: BaseDatabaseWrapper) -> tuple[_Added, list[Any]]:
    """Return the shape of a new `row`, and its parameters.

    There is none for what is NULL: the driver takes statements of more than fifty apart again each time.
    """
    expressions, parameters = [], []
    for column in _columns(type(row)):
        related = row._state.fields_cache.get(column.field.name) if column.field.is_relation else None
        number = _number_of(related, rows) if related is not None else None
        if number is not None:
            expressions.append(f"claimed.id{number}")
            continue
        value = column.field.pre_save(row, add=True)
        if value is not None and type(value) is not column.as_it_is:
            value = column.field.get_db_prep_save(value, database)
        expressions.append(column.null if value is None else column.parameter)
        if value is not None:
            parameters.append(value)
    return _Added(type(row), tuple(expressions)), parameters


@cache
def _statement(change: _Change | None, added: tuple[_Added, ...]) -> str:
    tables = [one.model._meta.db_table for one in added]
    numbered = [f"nextval(pg_get_serial_sequence('{table}', 'id')) AS id{n}" for n, table in enumerate(tables)]
    parts = [f"ids AS MATERIALIZED (SELECT {', '.join(numbered) or '0 AS id0'})", _claim(change)]
    for number, one in enumerate(added):
        names = ", ".join(f'"{column.name}"' for column in _columns(one.model))
        selected = f"SELECT claimed.id{number}, {', '.join(one.expressions)} FROM claimed"  # noqa: S608
        parts.append(f'added{number} AS (INSERT INTO "{tables[number]}" ("id", {names}) {selected})')
    return f"WITH {', '.join(parts)} SELECT * FROM claimed"  # noqa: S608


def _claim(change: _Change | None) -> str:
    if change is None:
        return "claimed AS (SELECT * FROM ids)"
    table = change.model._meta.db_table
    settings = ", ".join(f'"{name}" = {expression}' for name, expression in change.settings)
    # Columns of this row alone: after waiting for another's lock PostgreSQL reads the row anew, and nothing else.
    compared = [_column(change.model, name) for name in change.unchanged]
    conditions = [f'stored."{column.name}" IS NOT DISTINCT FROM {column.parameter}' for column in compared]
    where = " AND ".join(["stored.id = %s", *conditions])
    return f'claimed AS (UPDATE "{table}" AS stored SET {settings} FROM ids WHERE {where} RETURNING ids.*)'  # noqa: S608


def _number_of(value: Any, rows: Sequence[Model]) -> int | None:
    return next((number for number, row in enumerate(rows) if row is value), None)


@cache
def _columns(model: type[Model]) -> tuple[_Column, ...]:
    return tuple(_described(field) for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _column(model: type[Model], name: str) -> _Column:
    field: Any = model._meta.get_field(name)
    return _described(field)


def _described(field: Field[Any, Any]) -> _Column:
    # Without its length: a cast to a type of some length would cut off what does not fit, and tell nobody.
    cast = "::" + _LENGTH.sub("", str(field.db_type(connection)))
    return _Column(field, str(field.column), field.attname, _AS_IT_IS.get(type(field)), f"%s{cast}", f"NULL{cast}")
