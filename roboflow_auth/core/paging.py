"""Limit and offset, the same everywhere lists are given out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model)

MAX_LIMIT = 200
MAX_OFFSET = 1_000_000


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """Some rows, how many there are in all, and the limit and offset that were really used."""

    rows: list[ModelT]
    total: int
    limit: int
    offset: int


def page(rows: models.QuerySet[ModelT], *, limit: int, offset: int) -> Page[ModelT]:
    """Return the rows from `offset` on, `limit` (clamped to 1..200) at the most. Two statements."""
    limit = max(1, min(limit, MAX_LIMIT))
    offset = max(0, min(offset, MAX_OFFSET))
    return Page(list(rows[offset : offset + limit]), rows.count(), limit, offset)
