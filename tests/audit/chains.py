"""Steps of tests about the hash chain: writing rows, sealing, looking, and tampering with all rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from roboflow_auth.audit.chain import FIELDS
from roboflow_auth.audit.checking import check_all
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.audit.sealing import seal_settled


def write(count: int) -> list[int]:
    """Write so many rows, and return their ids."""
    before = set(AuditEvent.objects.values_list("id", flat=True))
    for number in range(count):
        record_event("authorize", email="alice@demo.local", workspace="acme", target=f"row {number}")
    return sorted(set(AuditEvent.objects.values_list("id", flat=True)) - before)


def seal(links: int = 100) -> int:
    """Seal what there is."""
    return seal_settled(links=links, wait_seconds=0)


@contextmanager
def unguarded() -> Iterator[Any]:
    """Open the tables to whoever can drop triggers, as an attacker with all rights would; yield a cursor."""
    names = {"audit_auditevent": "audit_rows_stay audit_table_stays", "audit_auditseal": "audit_seals_stay"}
    with connection.cursor() as cursor:
        for table, triggers in names.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                for trigger in triggers.split():
                    cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        yield cursor


def flaw() -> tuple[int | None, str]:
    """Return where a look at the whole chain finds it broken, and how."""
    check = check_all()
    return check.broken_at, check.reason


def insert_copy(cursor: Any, source: int, new_id: int) -> None:
    """Add a row as `source` under another id."""
    columns = ", ".join(f'"{name}"' for name in FIELDS[1] if name != "id")
    cursor.execute(
        f"INSERT INTO audit_auditevent (id, {columns}) SELECT %s, {columns} FROM audit_auditevent WHERE id = %s",  # noqa: S608
        [new_id, source],
    )
