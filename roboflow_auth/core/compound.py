"""Several writes as one statement: all of them or none, in one round trip (performance.md).

A transaction of five writes costs seven round trips, which is most of what a token request costs. PostgreSQL takes them
as one statement (data-modifying WITH). Elsewhere the same writes run one after the other in a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

_LENGTH = re.compile(r"\(.*\)")


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
    """A column of a model: how its value is read from a row, and the type that a parameter is cast to."""

    field: Any
    name: str
    attribute: str
    type: str


@dataclass(frozen=True, slots=True)
class _Reference:
    """A value that is known only once the statement runs: the id of the added row of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What a changing statement looks like. Two of the same shape have the same SQL."""

    model: type[Model]
    changed: tuple[tuple[str, _Reference | None], ...]
    unchanged: tuple[str, ...]


def _save(rows: Sequence[Model]) -> None:
    for row in rows:
        row.save(force_insert=True)


def _change_in_one(row: Model, unchanged: Sequence[str], changes: Mapping[str, Any], added: Sequence[Model]) -> bool:
    model = type(row)
    changed, values = [], []
    for name, value in changes.items():
        reference = _reference(value, added)
        changed.append((name, reference))
        if reference is None:
            values.append(_column(model, name).field.get_db_prep_save(value, connection))
    values.append(row.pk)
    values += [getattr(row, _column(model, name).attribute) for name in unchanged]
    return _run(_Change(model, tuple(changed), tuple(unchanged)), values, added)


def _run(change: _Change | None, values: Sequence[Any], rows: Sequence[Model]) -> bool:
    """Run the statement and give each of `rows` its id. Return False where there was nothing to change any more."""
    references, parameters = [], [*values]
    for row in rows:
        found = [_reference(row._state.fields_cache.get(column.field.name), rows) for column in _columns(type(row))]
        references.append(tuple(found))
        parameters += [
            column.field.get_db_prep_save(column.field.pre_save(row, add=True), connection)
            for column, reference in zip(_columns(type(row)), found, strict=True)
            if reference is None
        ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(change, tuple(type(row) for row in rows), tuple(references)), parameters)
        ids = cursor.fetchone()
    for row, its_id in zip(rows, ids or (), strict=False):
        row.pk = its_id
        row._state.adding, row._state.db = False, connection.alias
    return ids is not None


@cache
def _statement(
    change: _Change | None, models: tuple[type[Model], ...], references: tuple[tuple[_Reference | None, ...], ...]
) -> str:
    numbered = [f"nextval(pg_get_serial_sequence('{m._meta.db_table}', 'id')) AS id{n}" for n, m in enumerate(models)]
    parts = [f"ids AS MATERIALIZED (SELECT {', '.join(numbered) or '0 AS id0'})", _claim(change)]
    for number, (model, its_references) in enumerate(zip(models, references, strict=True)):
        columns = _columns(model)
        names = ", ".join(f'"{column.name}"' for column in columns)
        expressions = map(_expression, columns, its_references)
        selected = f"SELECT claimed.id{number}, {', '.join(expressions)} FROM claimed"  # noqa: S608
        parts.append(f'added{number} AS (INSERT INTO "{model._meta.db_table}" ("id", {names}) {selected})')
    return f"WITH {', '.join(parts)} SELECT * FROM claimed"  # noqa: S608


def _claim(change: _Change | None) -> str:
    if change is None:
        return "claimed AS (SELECT * FROM ids)"
    table = change.model._meta.db_table
    changed = [(_column(change.model, name), reference) for name, reference in change.changed]
    settings = ", ".join(f'"{column.name}" = {_expression(column, ref, "ids")}' for column, ref in changed)
    # Columns of this row alone: after waiting for another's lock PostgreSQL reads the row anew, and nothing else.
    compared = [_column(change.model, name) for name in change.unchanged]
    conditions = [f'stored."{column.name}" IS NOT DISTINCT FROM {_expression(column, None)}' for column in compared]
    where = " AND ".join(["stored.id = %s", *conditions])
    return f'claimed AS (UPDATE "{table}" AS stored SET {settings} FROM ids WHERE {where} RETURNING ids.*)'  # noqa: S608


def _expression(column: _Column, reference: _Reference | None, source: str = "claimed") -> str:
    return f"%s::{column.type}" if reference is None else f"{source}.id{reference.number}"


def _reference(value: Any, rows: Sequence[Model]) -> _Reference | None:
    return next((_Reference(number) for number, row in enumerate(rows) if row is value), None)


@cache
def _columns(model: type[Model]) -> tuple[_Column, ...]:
    return tuple(_described(field) for field in model._meta.concrete_fields if not field.primary_key)


@cache
def _column(model: type[Model], name: str) -> _Column:
    field: Any = model._meta.get_field(name)
    return _described(field)


def _described(field: Field[Any, Any]) -> _Column:
    # Without its length: a cast to a type of some length would cut off what does not fit, and tell nobody.
    return _Column(field, str(field.column), field.attname, _LENGTH.sub("", str(field.db_type(connection))))
