"""Model instances for the hot paths: of the rows of a compiled query, and of rows that are to be added.

Django makes an instance by its constructor: signals, a setter for each field, a look at every argument. On the hot
paths that takes as long as the database takes for the row, so what is the same for every instance is done once, and
values go straight to where the constructor would have put them (performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from inspect import getattr_static
from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, ValuesIterable
from django.db.models.sql.compiler import SQLCompiler

ModelT = TypeVar("ModelT", bound=Model)
_Setter = Callable[[Any, Any], None]


def draft(model: type[ModelT], **values: Any) -> ModelT:
    """Return `model(**values)`. Raises `TypeError` for a name that is no field's."""
    blank = _blank(model)
    instance = _bare(model)
    instance.__dict__.update(blank.fixed)
    for name, make in blank.made.items():
        if name not in values:
            instance.__dict__[name] = make()
    for name, value in values.items():
        if name in blank.fixed or name in blank.made:
            instance.__dict__[name] = value
        elif name in blank.relations:
            setattr(instance, name, value)
        else:
            raise TypeError(f"{model.__name__} has no field {name}.")
    return instance


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
class _Blank:
    """What a new instance of a model has before it is given values: by column, the default or what makes it."""

    fixed: dict[str, Any]
    made: dict[str, Callable[[], Any]]
    relations: frozenset[str]


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
        instance = _bare(self.model)
        instance._state.adding, instance._state.db = False, alias
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


def _bare(model: type[ModelT]) -> ModelT:
    instance = model.__new__(model)
    instance._state = ModelState()
    return instance


@cache
def _blank(model: type[Model]) -> _Blank:
    _check_is_plain(model)
    fields = model._meta.concrete_fields
    made = {field.attname: field.get_default for field in fields if field.has_default() and callable(field.default)}
    fixed = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return _Blank(fixed, made, frozenset(field.name for field in fields if field.is_relation))


def _check_is_plain(model: type[Model]) -> None:
    if any(getattr_static(model, name) is not getattr_static(Model, name) for name in ("__init__", "from_db")):
        raise TypeError(f"{model.__name__} makes its instances in a way of its own.")


def _instances(compiler: SQLCompiler, described: dict[str, Any]) -> _Instances:
    model, positions = described["model"], described["select_fields"]
    _check_is_plain(model)
    columns = slice(positions[0], positions[-1] + 1)
    names = tuple(column.target.attname for column, _, _ in compiler.select[columns])
    joined = (
        (_instances(compiler, one), one["local_setter"], one["remote_setter"])
        for one in described.get("related_klass_infos", ())
    )
    return _Instances(model, names, columns, columns.start + names.index(model._meta.pk.attname), tuple(joined))
