"""Rows of a compiled query as model instances or dictionaries, with all that is the same for every row done once.

Django makes an instance by its constructor: signals, a setter for each field, a look at every argument. On the hot
paths that takes as long as the database takes to find the row, so the columns go straight to where the constructor
would have put them (performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import getattr_static
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, ValuesIterable
from django.db.models.sql.compiler import SQLCompiler

_Setter = Callable[[Any, Any], None]


class RowReader:
    """Makes what a queryset yields of the rows that the database answers, in the order that `compiler` selects."""

    def __init__(self, queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> None:
        # Those of a column: what the backend and the field make of its value (JSON, for one).
        found = compiler.get_converters([column for column, _, _ in compiler.select])
        self._converters = tuple((position, *one) for position, one in found.items())
        self._make = _maker(queryset, compiler)

    def read(self, row: Sequence[Any], database: BaseDatabaseWrapper) -> Any:
        """Return the instance or the dictionary of `row`, which came over `database`."""
        values = list(row)
        for position, converters, column in self._converters:
            for convert in converters:
                values[position] = convert(values[position], column, database)
        return self._make(values, database.alias)


@dataclass(frozen=True, slots=True)
class _Values:
    """Makes dictionaries, for a queryset of `values()`."""

    names: tuple[str, ...]

    def __call__(self, row: list[Any], _: str) -> dict[str, Any]:
        return dict(zip(self.names, row, strict=True))


@dataclass(frozen=True, slots=True)
class _Annotated:
    """Makes instances with annotations, which are attributes like any other."""

    make: _Instances
    positions: tuple[tuple[str, int], ...]

    def __call__(self, row: list[Any], alias: str) -> Model | None:
        instance = self.make(row, alias)
        for name, position in self.positions:
            setattr(instance, name, row[position])
        return instance


@dataclass(frozen=True, slots=True)
class _Instances:
    """Makes instances of a model, each with those of other models that its query joins.

    `key` is where the primary key stands: where it is NULL, an outer join found nothing.
    """

    model: type[Model]
    names: tuple[str, ...]
    columns: slice
    key: int
    joined: tuple[tuple[_Instances, _Setter, _Setter], ...]

    def __call__(self, row: list[Any], alias: str) -> Model | None:
        if row[self.key] is None:
            return None
        instance = self.model.__new__(self.model)
        instance._state = state = ModelState()
        state.adding, state.db = False, alias
        # Columns that were not asked for are missing here; Django fetches those when they are looked at.
        instance.__dict__.update(zip(self.names, row[self.columns], strict=True))
        for make, set_here, set_there in self.joined:
            other = make(row, alias)
            set_here(instance, other)
            if other is not None:
                set_there(other, instance)
        return instance


def _maker(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[list[Any], str], Any]:
    if queryset._iterable_class is ValuesIterable:
        return _Values(tuple(queryset.query.selected or ()))
    if queryset._iterable_class is not ModelIterable:
        raise TypeError("Neither instances nor dictionaries.")
    make, annotations = _instances(compiler, compiler.klass_info), compiler.annotation_col_map
    return _Annotated(make, tuple(annotations.items())) if annotations else make


def _instances(compiler: SQLCompiler, described: dict[str, Any]) -> _Instances:
    model, positions = described["model"], described["select_fields"]
    if any(getattr_static(model, name) is not getattr_static(Model, name) for name in ("__init__", "from_db")):
        raise TypeError(f"{model.__name__} makes its instances in a way of its own.")
    columns = slice(positions[0], positions[-1] + 1)
    names = tuple(column.target.attname for column, _, _ in compiler.select[columns])
    joined = (
        (_instances(compiler, one), one["local_setter"], one["remote_setter"])
        for one in described.get("related_klass_infos", ())
    )
    return _Instances(model, names, columns, columns.start + names.index(model._meta.pk.attname), tuple(joined))
