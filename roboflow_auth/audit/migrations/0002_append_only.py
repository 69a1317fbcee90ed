"""Makes the audit log append-only in the database itself, whoever writes to it.

PostgreSQL refuses UPDATE and DELETE of rows, SQLite UPDATE; an operator who has to remove a table can still do that.
SQLite has no other way to empty a table than DELETE, so there deleting is refused by the model alone.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

POSTGRESQL = """
CREATE FUNCTION audit_auditevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit rows are never changed or deleted'; END $$;
CREATE TRIGGER audit_auditevent_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
FOR EACH ROW EXECUTE FUNCTION audit_auditevent_is_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER audit_auditevent_append_only ON audit_auditevent;
DROP FUNCTION audit_auditevent_is_append_only();
"""
SQLITE = """
CREATE TRIGGER audit_auditevent_append_only BEFORE UPDATE ON audit_auditevent
BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
"""
SQLITE_BACK = "DROP TRIGGER audit_auditevent_append_only;"


def add_triggers(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse changes from now on."""
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE, params=None)


def remove_triggers(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Allow changes again."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL_BACK if is_postgresql else SQLITE_BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, remove_triggers)]
