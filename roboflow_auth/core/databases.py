"""How this product connects to each kind of database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

_USES_BEFORE_PREPARING = 3
_SQLITE = "django.db.backends.sqlite3"


def database_config(parsed_url: Mapping[str, Any], *, pool_size: int) -> dict[str, Any]:
    """Return Django's description of the database at `parsed_url`, with at most `pool_size` connections a process."""
    is_sqlite = parsed_url["ENGINE"] == _SQLITE
    return {**parsed_url, "OPTIONS": _sqlite_options() if is_sqlite else _pool_options(pool_size)}


def give_connection_back() -> None:
    """Return this thread's connection to the pool, before a wait for something else. In a transaction it is kept."""
    if not connection.in_atomic_block:
        connection.close()


def _sqlite_options() -> dict[str, Any]:
    # One writer at a time, taken at BEGIN: a transaction that starts reading and then writes would fail with «locked».
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }


def _pool_options(pool_size: int) -> dict[str, Any]:
    # A pool and not CONN_MAX_AGE: under ASGI each request may run in a thread of its own.
    return {
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        # Statements that come again are planned once for each connection: planning a join of seven tables takes longer
        # than finding its one row.
        "server_side_binding": True,
        "prepare_threshold": _USES_BEFORE_PREPARING,
    }
