"""The hash chain over the audit log. The database keeps seals as it keeps rows: nobody changes or deletes one."""

from __future__ import annotations

import django.utils.timezone
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_POSTGRESQL = (
    """
    CREATE TRIGGER audit_seals_stay BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()
    """,
    """
    CREATE TRIGGER audit_chain_stays BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()
    """,
)
_POSTGRESQL_BACK = (
    "DROP TRIGGER audit_chain_stays ON audit_auditseal",
    "DROP TRIGGER audit_seals_stay ON audit_auditseal",
)
_SQLITE_GUARD_AGAINST_CHANGE = """
CREATE TRIGGER audit_seals_stay BEFORE UPDATE ON audit_auditseal
BEGIN SELECT RAISE(ABORT, 'Seals are never changed or deleted.'); END
"""
SQLITE_GUARD_AGAINST_EMPTYING = """
CREATE TRIGGER audit_chain_stays BEFORE DELETE ON audit_auditseal
BEGIN SELECT RAISE(ABORT, 'Seals are never changed or deleted.'); END
"""
_SQLITE = (_SQLITE_GUARD_AGAINST_CHANGE, SQLITE_GUARD_AGAINST_EMPTYING)
_SQLITE_BACK = ("DROP TRIGGER IF EXISTS audit_chain_stays", "DROP TRIGGER IF EXISTS audit_seals_stay")


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on the table of seals."""
    _execute(schema_editor, {"postgresql": _POSTGRESQL, "sqlite": _SQLITE})


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off the table of seals."""
    _execute(schema_editor, {"postgresql": _POSTGRESQL_BACK, "sqlite": _SQLITE_BACK})


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_index_of_what_apps_did"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="started at"),
                ),
                ("through", models.BigIntegerField(default=0, verbose_name="whole up to seal")),
                ("through_hash", models.CharField(blank=True, max_length=64, verbose_name="hash of that seal")),
                ("broken_at", models.BigIntegerField(blank=True, null=True, verbose_name="broken at seal")),
                ("reason", models.CharField(blank=True, max_length=16, verbose_name="reason")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
            ],
            options={
                "verbose_name": "check of the audit log",
                "verbose_name_plural": "checks of the audit log",
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True, verbose_name="number")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version of the hashed form")),
                ("after_id", models.BigIntegerField(verbose_name="after row")),
                ("last_id", models.BigIntegerField(verbose_name="up to row")),
                ("row_count", models.PositiveIntegerField(verbose_name="rows")),
                ("sealed_at", models.DateTimeField(verbose_name="sealed at")),
                ("previous_hash", models.CharField(blank=True, max_length=64, verbose_name="hash of the seal before")),
                ("hash", models.CharField(max_length=64, verbose_name="hash")),
            ],
            options={
                "verbose_name": "seal of the audit log",
                "verbose_name_plural": "seals of the audit log",
            },
        ),
        migrations.RunPython(guard, lift),
    ]
