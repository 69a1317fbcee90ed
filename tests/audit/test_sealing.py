"""The hash chain over the audit log: whoever changes what is sealed is found out."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from roboflow_auth.audit.chain import FIELDS, SEAL_VERSION, Flaw
from roboflow_auth.audit.checking import view_chain
from roboflow_auth.audit.models import AuditEvent, AuditSeal
from tests.audit.chains import flaw, insert_copy, seal, unguarded, write
from tests.support.audit_guard import restore_guard_against_emptying

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("short_links")]


def test_rows_are_sealed_in_links_that_follow_one_another() -> None:
    ids = write(7)
    assert seal() == 3
    seals = list(AuditSeal.objects.order_by("number"))
    assert [(s.number, s.row_count, s.last_id) for s in seals] == [(1, 3, ids[2]), (2, 3, ids[5]), (3, 1, ids[6])]
    assert [s.previous_hash for s in seals] == ["", seals[0].hash, seals[1].hash]
    assert seal() == 0
    assert flaw() == (None, "")


def test_a_run_makes_as_many_links_as_it_may() -> None:
    write(7)
    assert [seal(links=2), seal(links=2), seal(links=2)] == [2, 1, 0]


def test_an_empty_log_is_whole() -> None:
    assert seal() == 0
    assert flaw() == (None, "")
    assert view_chain().sealed_until is None


def test_every_column_is_sealed() -> None:
    assert {field.name for field in AuditEvent._meta.concrete_fields} == {*FIELDS[SEAL_VERSION]}


@pytest.mark.parametrize("column", [name for name in FIELDS[1] if name != "id"])
def test_whatever_is_changed_in_a_sealed_row_shows(column: str) -> None:
    ids = write(5)
    seal()
    numbers = ("connection_id", "session_id", "api_key_id", "duration_ms")
    value = "7" if column in numbers else "'2020-01-01 00:00:00+00:00'" if column == "occurred_at" else "'x'"
    with unguarded() as cursor:
        cursor.execute(f"UPDATE audit_auditevent SET {column} = {value} WHERE id = %s", [ids[4]])  # noqa: S608
    assert flaw() == (2, Flaw.ROWS_CHANGED)
    assert view_chain().flaw == Flaw.ROWS_CHANGED


def test_a_deleted_row_shows() -> None:
    ids = write(7)
    seal()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [ids[1]])
    assert flaw() == (1, Flaw.ROWS_MISSING)


def test_a_row_that_was_written_into_the_past_shows() -> None:
    first, *_ = write(7)
    seal()
    with unguarded() as cursor:
        # Below all ids that were ever given out.
        insert_copy(cursor, first, -5)
    assert flaw() == (1, Flaw.ROWS_ADDED)


def test_a_row_in_a_gap_that_an_undone_transaction_left_shows() -> None:
    ids = write(3)
    with unguarded() as cursor:
        insert_copy(cursor, ids[0], ids[-1] + 5)
        seal()
        insert_copy(cursor, ids[0], ids[-1] + 3)
    assert flaw() == (2, Flaw.ROWS_ADDED)


def test_rows_that_changed_places_show() -> None:
    ids = write(3)
    seal()
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditevent SET id = -1 WHERE id = %s", [ids[0]])
        cursor.execute("UPDATE audit_auditevent SET id = %s WHERE id = %s", [ids[0], ids[1]])
        cursor.execute("UPDATE audit_auditevent SET id = %s WHERE id = -1", [ids[1]])
    assert flaw() == (1, Flaw.ROWS_CHANGED)


def test_rows_cut_off_the_end_show() -> None:
    ids = write(6)
    seal()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id > %s", [ids[3]])
    assert view_chain().flaw == Flaw.ROWS_MISSING
    assert flaw() == (2, Flaw.ROWS_MISSING)


def test_rows_cut_off_the_end_with_their_seals_show_to_who_looked_before_and_still_when_the_chain_grew_again() -> None:
    ids = write(9)
    seal()
    assert flaw() == (None, "")
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id > %s", [ids[2]])
        cursor.execute("DELETE FROM audit_auditseal WHERE number > 1")
    assert view_chain().flaw == Flaw.SEAL_MISSING
    assert flaw() == (3, Flaw.SEAL_MISSING)
    write(12)
    seal()
    assert flaw() == (3, Flaw.SEAL_MISSING)
    assert flaw() == (3, Flaw.SEAL_MISSING)


def test_a_chain_made_anew_shows_to_who_wrote_a_seal_down() -> None:
    ids = write(6)
    seal()
    noted = AuditSeal.objects.get(number=2)
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_auditevent SET outcome = 'refused' WHERE id = %s", [ids[4]])
        cursor.execute("DELETE FROM audit_auditseal")
    seal()
    call_command("verify_audit", stdout=io.StringIO())
    with pytest.raises(CommandError, match="seal 2 is not the one"):
        call_command("verify_audit", expect=f"2:{noted.hash}")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE audit_auditseal SET hash = 'x' WHERE number = 2", (2, Flaw.ROWS_CHANGED)),
        ("UPDATE audit_auditseal SET sealed_at = '2020-01-01 00:00:00+00:00' WHERE number = 2", (2, Flaw.ROWS_CHANGED)),
        ("UPDATE audit_auditseal SET previous_hash = 'x' WHERE number = 2", (2, Flaw.SEAL_CHANGED)),
        ("UPDATE audit_auditseal SET version = 9 WHERE number = 2", (2, Flaw.SEAL_CHANGED)),
        ("DELETE FROM audit_auditseal WHERE number = 2", (2, Flaw.SEAL_MISSING)),
        ("DELETE FROM audit_auditseal WHERE number = 1", (1, Flaw.SEAL_MISSING)),
    ],
)
def test_a_seal_that_is_changed_or_gone_shows(change: str, expected: tuple[int, Flaw]) -> None:
    write(9)
    seal()
    with unguarded() as cursor:
        cursor.execute(change)
    assert flaw() == expected


def test_the_database_refuses_to_change_and_delete_seals() -> None:
    write(1)
    seal()
    restore_guard_against_emptying()
    for statement in ("UPDATE audit_auditseal SET hash = ''", "DELETE FROM audit_auditseal"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
