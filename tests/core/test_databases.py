"""How this product connects: what PostgreSQL keeps from one request to the next."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from roboflow_auth.core.databases import give_connection_back


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_connection_keeps_the_plan_of_a_statement_that_it_repeats() -> None:
    with connection.cursor() as cursor:
        for number in range(4):
            cursor.execute("SELECT %s::int AS repeated_here", [number])
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%repeated_here%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_thread_that_waits_for_something_else_holds_no_connection() -> None:
    def work() -> None:
        connection.ensure_connection()
        give_connection_back()
        seen.append(connection.connection is None)
        with transaction.atomic():
            give_connection_back()
            seen.append(connection.connection is None)
        connection.close()

    seen: list[bool] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True, False]
