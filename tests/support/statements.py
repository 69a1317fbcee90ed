"""Counting SQL statements: the budget of a hot path is part of its contract (performance.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH, MAX_CACHED_STATEMENT_PARAMS

_FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")


@contextmanager
def at_most(budget: int) -> Iterator[None]:
    """Fail unless the block takes `budget` statements at the most; those that only frame a transaction are free."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured if not query["sql"].upper().startswith(_FRAMES)]
    listing = "\n".join(statement[:160] for statement in statements)
    assert len(statements) <= budget, f"{len(statements)} statements, {budget} are allowed:\n{listing}"


@contextmanager
def remembered_at_most(budget: int) -> Iterator[None]:
    """Do as `at_most`, and fail for statements that are so long that the driver takes them apart each time.

    That costs more than the statement itself.
    """
    taken: list[tuple[int, int, str]] = []

    def measure(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        taken.append((len(sql), len(params or ()), sql[:160]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(measure), at_most(budget):
        yield
    long = [one for one in taken if one[0] > MAX_CACHED_STATEMENT_LENGTH or one[1] > MAX_CACHED_STATEMENT_PARAMS]
    assert connection.vendor != "postgresql" or not long, long


def statements_of(action: Callable[[], object]) -> int:
    """Return how many statements `action` takes."""
    with CaptureQueriesContext(connection) as captured:
        action()
    return len([query for query in captured if not query["sql"].upper().startswith(_FRAMES)])
