"""Lets tests with several connections empty the tables after themselves, which the guard of the audit log refuses.

Only what they trip over is lifted, and only in test databases: TRUNCATE on PostgreSQL, where deleting and changing
rows stay refused, and DELETE on SQLite, where changing rows stays refused.
"""

from __future__ import annotations

from importlib import import_module

from django.db import connection

# The name of a migration's module begins with a digit.
_GUARD = import_module("roboflow_auth.audit.migrations.0002_append_only").SQLITE_GUARD_AGAINST_EMPTYING
_LIFT = {
    "postgresql": "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_table_stays",
    "sqlite": "DROP TRIGGER IF EXISTS audit_table_stays",
}
_RESTORE = {"postgresql": "ALTER TABLE audit_auditevent ENABLE TRIGGER audit_table_stays", "sqlite": _GUARD}


def lift_guard_against_emptying() -> None:
    """Lift the guard in a test database that was just made."""
    with connection.cursor() as cursor:
        cursor.execute(_LIFT[connection.vendor])


def restore_guard_against_emptying() -> None:
    """Put the guard back for the transaction of the test at hand, as it is in every other database."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE[connection.vendor])
