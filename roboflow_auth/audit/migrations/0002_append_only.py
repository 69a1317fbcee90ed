"""The database itself keeps audit rows: it refuses to change and to delete them, whoever asks.

The product never does (`audit.models`); this is for everyone else who can write SQL. Lifting it takes a statement that
nobody sends by mistake, such as ALTER TABLE … DISABLE TRIGGER by the owner of the table. On SQLite a later migration that
makes the table anew loses the triggers and has to put them back (tests/audit/test_append_only.py says so).
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_POSTGRESQL = (
    """
    CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Audit rows are never changed or deleted.' USING ERRCODE = 'restrict_violation';
    END
    $$
    """,
    """
    CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()
    """,
    """
    CREATE TRIGGER audit_table_stays BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
    """,
)
_POSTGRESQL_BACK = (
    "DROP TRIGGER audit_table_stays ON audit_auditevent",
    "DROP TRIGGER audit_rows_stay ON audit_auditevent",
    "DROP FUNCTION audit_refuse_change()",
)
_SQLITE_GUARD_AGAINST_CHANGE = """
CREATE TRIGGER audit_rows_stay BEFORE UPDATE ON audit_auditevent
BEGIN SELECT RAISE(ABORT, 'Audit rows are never changed or deleted.'); END
"""
SQLITE_GUARD_AGAINST_EMPTYING = """
CREATE TRIGGER audit_table_stays BEFORE DELETE ON audit_auditevent
BEGIN SELECT RAISE(ABORT, 'Audit rows are never changed or deleted.'); END
"""
_SQLITE = (_SQLITE_GUARD_AGAINST_CHANGE, SQLITE_GUARD_AGAINST_EMPTYING)
_SQLITE_BACK = ("DROP TRIGGER IF EXISTS audit_table_stays", "DROP TRIGGER IF EXISTS audit_rows_stay")


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the table."""
    _execute(schema_editor, {"postgresql": _POSTGRESQL, "sqlite": _SQLITE})


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off the table."""
    _execute(schema_editor, {"postgresql": _POSTGRESQL_BACK, "sqlite": _SQLITE_BACK})


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(guard, lift)]
