"""Audit rows can be added and read, by anybody; nobody changes or deletes one."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from roboflow_auth.audit.models import AppendOnlyError, AuditEvent
from roboflow_auth.audit.recorder import digest_arguments, record_event
from tests.support.audit_guard import restore_guard_against_emptying

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> AuditEvent:
    """Return a row."""
    record_event("authorize", email="alice@demo.local")
    return AuditEvent.objects.get()


def test_the_model_refuses_to_change_or_delete_a_row(event: AuditEvent) -> None:
    event.reason = "rewritten"
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.update(reason="rewritten")
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().delete()


def test_the_database_refuses_to_change_a_row_whoever_asks(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET reason = 'rewritten'")


@pytest.mark.parametrize("statement", [
    pytest.param("DELETE FROM audit_auditevent"),
    pytest.param("TRUNCATE audit_auditevent", marks=pytest.mark.postgres),
])  # fmt: skip
def test_the_database_refuses_to_delete_rows_whoever_asks(event: AuditEvent, statement: str) -> None:
    restore_guard_against_emptying()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get() == event


def test_hostile_text_is_shortened_and_kept(event: AuditEvent) -> None:
    record_event("authorize", client_name="n" * 1000, target="t\x00" * 1000, detail="d" * 5000)
    row = AuditEvent.objects.latest("id")
    assert (len(row.client_name), len(row.target) <= 255, len(row.detail)) == (255, True, 500)


def test_a_digest_tells_arguments_apart_and_not_their_order_nor_their_values() -> None:
    assert digest_arguments({"a": 1, "b": "secret"}) == digest_arguments({"b": "secret", "a": 1})
    assert digest_arguments({"a": 1}) != digest_arguments({"a": 2})
    assert "secret" not in digest_arguments({"b": "secret"})
