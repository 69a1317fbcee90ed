"""A query of Django's as one SQL statement, for a driver that does not go through Django (performance.md).

So a query is stated once, as a queryset, and runs either way: through the ORM, or on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

_PLACEHOLDER = "%s"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with `%(name)s` for the values that change from call to call, and those that never do."""

    sql: str
    constants: Mapping[str, Any]

    def parameters(self, **values: Any) -> dict[str, Any]:
        """Return what the driver is given beside the SQL."""
        return {**self.constants, **values}


def compile_statement(build: Callable[..., QuerySet[Any, Any]], **examples: Any) -> Statement:
    """Return the statement of the queryset that `build` makes of named values.

    `examples` are values of the right types, each unlike all others and unlike any constant in the query: wherever one
    turns up among the parameters of the SQL, its name goes.
    """
    sql, found = build(**examples).query.sql_with_params()
    pieces = sql.split(_PLACEHOLDER)
    names, constants = [], {}
    for position, value in enumerate(found):
        name = next((name for name, example in examples.items() if example == value), f"constant_{position}")
        if name not in examples:
            constants[name] = value
        names.append(f"%({name})s")
    return Statement("".join(sum(zip(pieces, [*names, ""], strict=True), ())), constants)
