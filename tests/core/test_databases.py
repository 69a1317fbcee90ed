"""How this product connects: what PostgreSQL keeps from one request to the next."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_connection_keeps_the_plan_of_a_statement_that_it_repeats() -> None:
    with connection.cursor() as cursor:
        for number in range(4):
            cursor.execute("SELECT %s::int AS repeated_here", [number])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%repeated_here%'")
        assert cursor.fetchone() == (1,)
