"""Counting SQL statements: the budget of a hot path is part of its contract (performance.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

_FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")


@contextmanager
def at_most(budget: int) -> Iterator[None]:
    """Fail unless the block takes `budget` statements at the most; those that only frame a transaction are free."""
    with CaptureQueriesContext(connection) as captured:
        yield
    statements = [query["sql"] for query in captured if not query["sql"].upper().startswith(_FRAMES)]
    listing = "\n".join(statement[:160] for statement in statements)
    assert len(statements) <= budget, f"{len(statements)} statements, {budget} are allowed:\n{listing}"


def statements_of(action: Callable[[], object]) -> int:
    """Return how many statements `action` takes."""
    with CaptureQueriesContext(connection) as captured:
        action()
    return len([query for query in captured if not query["sql"].upper().startswith(_FRAMES)])
