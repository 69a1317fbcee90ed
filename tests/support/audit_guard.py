"""Lets tests with several connections empty the tables after themselves, which the guard of the audit log refuses.

Only what they trip over is lifted, and only in test databases: TRUNCATE on PostgreSQL, where deleting and changing
rows stay refused, and DELETE on SQLite, where changing rows stays refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from django.db import connection

# The names of migrations' modules begin with a digit.
_ROWS = import_module("roboflow_auth.audit.migrations.0002_append_only").SQLITE_GUARD_AGAINST_EMPTYING
_SEALS = import_module("roboflow_auth.audit.migrations.0004_seals").SQLITE_GUARD_AGAINST_EMPTYING
_LIFT = {
    "postgresql": (
        "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_table_stays",
        "ALTER TABLE audit_auditseal DISABLE TRIGGER audit_chain_stays",
    ),
    "sqlite": ("DROP TRIGGER IF EXISTS audit_table_stays", "DROP TRIGGER IF EXISTS audit_chain_stays"),
}
_RESTORE = {
    "postgresql": (
        "ALTER TABLE audit_auditevent ENABLE TRIGGER audit_table_stays",
        "ALTER TABLE audit_auditseal ENABLE TRIGGER audit_chain_stays",
    ),
    "sqlite": (_ROWS, _SEALS),
}


def lift_guard_against_emptying() -> None:
    """Lift the guard in a test database that was just made."""
    _execute(_LIFT)


def restore_guard_against_emptying() -> None:
    """Put the guard back for the transaction of the test at hand, as it is in every other database."""
    _execute(_RESTORE)


def _execute(statements: Mapping[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
